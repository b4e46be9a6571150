-- title: access logs of Network Load Balancers with TLS
-- source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
-- alias: nlb_logs nlb_access
-- since: 2017-09-01
-- layout daily: AWSLogs/${account}/elasticloadbalancing/${region}/${day}
-- exclude: **/*_elasticloadbalancing_*_app.* **/ELBAccessLogTestFile
CREATE EXTERNAL TABLE nlb (
  type string COMMENT 'tls',
  version string COMMENT 'of the form of the record',
  time string COMMENT 'end of the connection (UTC), as 2024-01-31T22:23:00',
  elb string,
  listener string,
  client_ip string,
  client_port int,
  destination_ip string COMMENT 'the target, or the listener where there is none',
  destination_port int,
  connection_time bigint COMMENT 'milliseconds',
  tls_handshake_time bigint COMMENT 'milliseconds, NULL where there was none',
  received_bytes bigint,
  sent_bytes bigint,
  incoming_tls_alert string,
  chosen_cert_arn string,
  chosen_cert_serial string,
  tls_cipher string,
  tls_protocol_version string,
  tls_named_group string,
  domain_name string,
  alpn_fe_protocol string,
  alpn_be_protocol string,
  alpn_client_preference_list string,
  tls_connection_creation_time string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex' = '([a-z0-9]+) ([.0-9]+) ([0-9-]+T[^ ]+) ([^ ]*) ([^ ]*) (?:-|([^ ]*?)(?::(?:-|([0-9]+)))?) (?:-|([^ ]*?)(?::(?:-|([0-9]+)))?) (?:-|([0-9]*)) (?:-|([0-9]*)) (?:-|([0-9]*)) (?:-|([0-9]*)) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*))?(?: ([^ ]*))?(?: .*)?')
STORED AS TEXTFILE
