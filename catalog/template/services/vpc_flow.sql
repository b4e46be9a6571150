-- title: flow logs of Amazon VPC, text
-- source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
-- alias: vpc_flow_logs vpcflow vpcflowlogs
-- since: 2015-06-01
-- layout daily: AWSLogs/${account}/vpcflowlogs/${aws_region}/${day}
-- layout hourly: AWSLogs/${account}/vpcflowlogs/${aws_region}/${datehour}
-- layout hive: AWSLogs/aws-account-id=${aws-account-id}/aws-service=${aws-service}/aws-region=${aws-region}/year=${year}/month=${month}/day=${day}
-- fields: version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
CREATE EXTERNAL TABLE vpc_flow (
  version int COMMENT 'version of the form of the record',
  account_id string COMMENT 'owner of the network interface',
  interface_id string,
  srcaddr string COMMENT 'address that packets come from',
  dstaddr string COMMENT 'address that packets go to',
  srcport int,
  dstport int,
  protocol bigint COMMENT 'IANA number: 6 is TCP, 17 UDP, 1 ICMP',
  packets bigint COMMENT 'in the time from start to end',
  bytes bigint COMMENT 'in the time from start to end',
  `start` bigint COMMENT 'first packet, seconds since 1970',
  `end` bigint COMMENT 'last packet, seconds since 1970',
  action string COMMENT 'ACCEPT or REJECT',
  log_status string COMMENT 'OK, NODATA or SKIPDATA',
  vpc_id string,
  subnet_id string,
  instance_id string,
  tcp_flags int COMMENT 'sum of FIN 1, SYN 2, RST 4, SYN-ACK 18',
  type string COMMENT 'IPv4, IPv6 or EFA',
  pkt_srcaddr string COMMENT 'address in the packet, before translation',
  pkt_dstaddr string COMMENT 'address in the packet, after translation',
  region string,
  az_id string,
  sublocation_type string,
  sublocation_id string,
  pkt_src_aws_service string COMMENT 'service that pkt_srcaddr belongs to',
  pkt_dst_aws_service string COMMENT 'service that pkt_dstaddr belongs to',
  flow_direction string COMMENT 'ingress or egress',
  traffic_path int COMMENT 'how egress traffic leaves, 1 to 8',
  ecs_cluster_arn string,
  ecs_cluster_name string,
  ecs_container_instance_arn string,
  ecs_container_instance_id string,
  ecs_container_id string,
  ecs_second_container_id string,
  ecs_service_name string,
  ecs_task_definition_arn string,
  ecs_task_arn string,
  ecs_task_id string,
  reject_reason string COMMENT 'BPA, EC'
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' NULL DEFINED AS '-'
STORED AS TEXTFILE
TBLPROPERTIES ('skip.header.line.count' = '1', 'data_cleansing_enabled' = 'true', 'column_count_mismatch_handling' = 'FAIL')
