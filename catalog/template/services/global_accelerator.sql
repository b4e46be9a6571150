-- title: flow logs of AWS Global Accelerator
-- source: https://docs.aws.amazon.com/global-accelerator/latest/dg/monitoring-global-accelerator.flow-logs.html
-- alias: global_accelerator_flow
-- since: 2018-11-01
-- layout daily: AWSLogs/${account}/globalaccelerator/${aws_region}/${day}
CREATE EXTERNAL TABLE global_accelerator (
  version string COMMENT 'version of the form of the record',
  account_id string,
  accelerator_id string,
  client_ip string,
  client_port int,
  gip string COMMENT 'address of the accelerator',
  gip_port int,
  endpoint_ip string,
  endpoint_port int,
  protocol string,
  ip_address_type string COMMENT 'IPv4',
  packets bigint,
  bytes bigint,
  start_time bigint COMMENT 'seconds since 1970',
  end_time bigint COMMENT 'seconds since 1970',
  action string,
  log_status string COMMENT 'OK, NODATA or SKIPDATA',
  agasourceip string,
  agasourceport int,
  endpointregion string,
  agaregion string COMMENT 'edge location',
  direction string COMMENT 'INGRESS or EGRESS',
  vpc_id string
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' NULL DEFINED AS '-'
STORED AS TEXTFILE
TBLPROPERTIES ('skip.header.line.count' = '1')
