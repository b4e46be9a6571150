-- title: queries to Amazon Route 53 Resolver
-- source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
-- alias: route53_resolver_logs resolver_query vpcdnsquerylogs
-- since: 2020-08-01
-- layout daily: AWSLogs/${account}/vpcdnsquerylogs/${vpc}/${day}
CREATE EXTERNAL TABLE route53_resolver (
  version string COMMENT 'of the form of the record',
  account_id string,
  region string,
  vpc_id string,
  query_timestamp string COMMENT 'as 2024-01-31T22:04:59Z',
  query_name string COMMENT 'with a dot at its end',
  query_type string COMMENT 'A, AAAA, MX ...',
  query_class string,
  rcode string COMMENT 'NOERROR, NXDOMAIN, SERVFAIL ...',
  answers array<struct<rdata:string,type:string,class:string>>,
  srcaddr string,
  srcport int,
  transport string COMMENT 'UDP or TCP',
  srcids struct<instance:string,resolver_endpoint:string>,
  firewall_rule_action string COMMENT 'NULL where no rule of a DNS firewall matched',
  firewall_rule_group_id string,
  firewall_domain_list_id string
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
STORED AS TEXTFILE
