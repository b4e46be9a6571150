-- title: findings of Amazon GuardDuty
-- source: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
-- alias: guardduty_findings
-- since: 2019-11-01
-- layout daily: AWSLogs/${account}/GuardDuty/${aws_region}/${day}
CREATE EXTERNAL TABLE guardduty (
  schemaversion string,
  accountid string,
  region string,
  `partition` string COMMENT 'aws, aws-cn or aws-us-gov',
  id string,
  arn string,
  type string COMMENT 'as Recon:EC2/PortProbeUnprotectedPort',
  resource string COMMENT 'JSON',
  service string COMMENT 'JSON',
  severity double COMMENT '1 to 8.9',
  createdat string,
  updatedat string,
  title string,
  description string
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
STORED AS TEXTFILE
