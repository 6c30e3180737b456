// The service accounts of our own programs, as the settings name them.

export interface OwnAccounts {
  readonly START_JOB_SERVICE_ACCOUNT: string;
  readonly FINISH_TASK_SERVICE_ACCOUNT: string;
  readonly JOB_CHANGES_SERVICE_ACCOUNT: string;
  readonly KEPTN_SOURCE_SERVICE_ACCOUNT: string;
}

export const ownAccountsOf = (settings: OwnAccounts): string[] => [
  settings.START_JOB_SERVICE_ACCOUNT,
  settings.FINISH_TASK_SERVICE_ACCOUNT,
  settings.JOB_CHANGES_SERVICE_ACCOUNT,
  settings.KEPTN_SOURCE_SERVICE_ACCOUNT,
];
