-- title: web ACL traffic logs of AWS WAF
-- source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
-- alias: waf_logs aws_waf
-- since: 2018-08-01
-- layout daily: AWSLogs/${account}/WAFLogs/${region}/${web_acl}/${day}
CREATE EXTERNAL TABLE waf (
  `timestamp` bigint COMMENT 'milliseconds since 1970',
  formatversion int,
  webaclid string COMMENT 'ARN of the web ACL',
  terminatingruleid string COMMENT 'Default_Action where no rule ended it',
  terminatingruletype string COMMENT 'RATE_BASED, REGULAR, GROUP or MANAGED_RULE_GROUP',
  action string COMMENT 'ALLOW, BLOCK, CAPTCHA or CHALLENGE',
  terminatingrulematchdetails array<struct<conditiontype:string,sensitivitylevel:string,location:string,matcheddata:array<string>>>,
  httpsourcename string COMMENT 'CF, ALB, APIGW, APPSYNC, COGNITOIDP ...',
  httpsourceid string,
  rulegrouplist array<struct<
    rulegroupid:string,
    terminatingrule:struct<ruleid:string,action:string,rulematchdetails:array<struct<conditiontype:string,sensitivitylevel:string,location:string,matcheddata:array<string>>>>,
    nonterminatingmatchingrules:array<struct<ruleid:string,action:string,overriddenaction:string,
      rulematchdetails:array<struct<conditiontype:string,sensitivitylevel:string,location:string,matcheddata:array<string>>>,
      challengeresponse:struct<responsecode:string,solvetimestamp:string>,captcharesponse:struct<responsecode:string,solvetimestamp:string>>>,
    excludedrules:string>>,
  ratebasedrulelist array<struct<ratebasedruleid:string,limitkey:string,maxrateallowed:int,limitvalue:string>>,
  nonterminatingmatchingrules array<struct<ruleid:string,action:string,
    rulematchdetails:array<struct<conditiontype:string,sensitivitylevel:string,location:string,matcheddata:array<string>>>,
    challengeresponse:struct<responsecode:string,solvetimestamp:string>,captcharesponse:struct<responsecode:string,solvetimestamp:string>>>,
  requestheadersinserted array<struct<name:string,value:string>>,
  responsecodesent string,
  httprequest struct<clientip:string,country:string,headers:array<struct<name:string,value:string>>,uri:string,args:string,
    httpversion:string,httpmethod:string,requestid:string,fragment:string,scheme:string,host:string>,
  labels array<struct<name:string>>,
  captcharesponse struct<responsecode:string,solvetimestamp:string,failurereason:string>,
  challengeresponse struct<responsecode:string,solvetimestamp:string,failurereason:string>,
  ja3fingerprint string,
  ja4fingerprint string,
  oversizefields string,
  requestbodysize int,
  requestbodysizeinspectedbywaf int
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
STORED AS TEXTFILE
