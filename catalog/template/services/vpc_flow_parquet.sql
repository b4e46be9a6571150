-- title: flow logs of Amazon VPC, Parquet
-- source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
-- alias: vpc_flow_logs_parquet
-- since: 2015-06-01
-- layout daily: AWSLogs/${account}/vpcflowlogs/${aws_region}/${day}
-- layout hourly: AWSLogs/${account}/vpcflowlogs/${aws_region}/${datehour}
-- layout hive: AWSLogs/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}
-- columns: vpc_flow
CREATE EXTERNAL TABLE vpc_flow_parquet (...)
STORED AS PARQUET
