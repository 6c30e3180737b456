variable "replicas" {
  type    = number
  default = 2
}

resource "terraform_data" "carts" {
  input = var.replicas
}
