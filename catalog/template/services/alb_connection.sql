-- title: connection logs of Application Load Balancers
-- source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
-- alias: alb_connection_logs
-- since: 2023-11-01
-- layout daily: AWSLogs/${account}/elasticloadbalancing/${region}/${day}
-- exclude: **/[0-9]*_elasticloadbalancing_* **/ELBConnectionLogTestFile **/ELBAccessLogTestFile
CREATE EXTERNAL TABLE alb_connection (
  time string COMMENT 'when the connection was made or failed, as 2024-01-31T22:23:00.186641Z',
  client_ip string,
  client_port int,
  listener_port int,
  tls_protocol string COMMENT '- without TLS',
  tls_cipher string,
  tls_handshake_latency double COMMENT 'seconds, NULL where there was none',
  leaf_client_cert_subject string,
  leaf_client_cert_validity string COMMENT 'NotBefore=...;NotAfter=...',
  leaf_client_cert_serial_number string,
  tls_verify_status string COMMENT 'Success, Failed:..., or -',
  conn_trace_id string COMMENT 'the same in the access log'
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex' = '([0-9-]+T[^ ]+) ([^ ]*) ([0-9]*) ([0-9]*) ([^ ]*) ([^ ]*) (?:-|([.0-9]*)) "([^"]*)" ([^ ]*) ([^ ]*) ([^ ]*) ?([^ ]*)(?: .*)?')
STORED AS TEXTFILE
