-- title: alerts and flows of AWS Network Firewall
-- source: https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
-- alias: network_firewall_logs
-- since: 2020-11-01
-- layout daily: AWSLogs/${account}/network-firewall/${log_type}/${region}/${firewall}/${day}
CREATE EXTERNAL TABLE network_firewall (
  firewall_name string,
  availability_zone string,
  event_timestamp bigint COMMENT 'seconds since 1970',
  event struct<
    `timestamp`:string,
    flow_id:bigint,
    event_type:string,
    src_ip:string,
    src_port:int,
    dest_ip:string,
    dest_port:int,
    proto:string,
    app_proto:string,
    tx_id:int,
    tcp:struct<tcp_flags:string,syn:boolean,ack:boolean,fin:boolean,rst:boolean,psh:boolean>,
    netflow:struct<pkts:bigint,bytes:bigint,`start`:string,`end`:string,age:bigint,min_ttl:int,max_ttl:int>,
    alert:struct<action:string,signature_id:bigint,rev:int,signature:string,category:string,severity:int>,
    http:struct<hostname:string,url:string,http_user_agent:string,http_method:string,protocol:string,http_content_type:string,status:int,length:bigint>,
    tls:struct<subject:string,issuerdn:string,sni:string,version:string>>
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
STORED AS TEXTFILE
