# What a user of carts does. Locust ends with exit code 1 when a request failed, and so does the task.
from locust import HttpUser, between, task


class Customer(HttpUser):
    wait_time = between(1, 2)

    @task
    def look_into_the_cart(self):
        self.client.get("/carts/1/items")
