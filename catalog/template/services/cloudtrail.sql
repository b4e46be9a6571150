-- title: AWS CloudTrail events
-- source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
-- alias: cloudtrail_logs aws_cloudtrail
-- since: 2013-11-01
-- layout daily: AWSLogs/[${organization}]/${account}/CloudTrail/${region}/${day}
CREATE EXTERNAL TABLE cloudtrail (
  eventversion string COMMENT 'version of the form of the record',
  useridentity struct<
    type:string,
    principalid:string,
    arn:string,
    accountid:string,
    accesskeyid:string,
    username:string,
    invokedby:string,
    identityprovider:string,
    credentialid:string,
    inscopeof:struct<sourcearn:string,sourceaccount:string,issuertype:string,credentialsissuedto:string>,
    onbehalfof:struct<userid:string,identitystorearn:string>,
    sessioncontext:struct<
      attributes:struct<mfaauthenticated:string,creationdate:string>,
      sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,
      ec2roledelivery:string,
      sourceidentity:string,
      assumedroot:string,
      webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>> COMMENT 'who asked',
  eventtime string COMMENT 'when the request ended, as 2024-01-31T22:04:59Z',
  eventsource string COMMENT 'the service, as s3.amazonaws.com',
  eventname string COMMENT 'the operation',
  awsregion string COMMENT 'the region of the request',
  sourceipaddress string COMMENT 'address of the caller, or the name of a service',
  useragent string COMMENT 'the program that asked',
  errorcode string COMMENT 'NULL for what succeeded',
  errormessage string,
  requestparameters string COMMENT 'JSON',
  responseelements string COMMENT 'JSON; NULL for what changes nothing',
  additionaleventdata string COMMENT 'JSON',
  requestid string,
  eventid string,
  readonly string COMMENT 'true for what changes nothing',
  resources array<struct<arn:string,accountid:string,type:string>>,
  eventtype string COMMENT 'AwsApiCall, AwsServiceEvent, AwsConsoleSignIn ...',
  managementevent string,
  apiversion string,
  recipientaccountid string COMMENT 'the account that the record was delivered to',
  serviceeventdetails string COMMENT 'JSON',
  sharedeventid string COMMENT 'the same in the records of several accounts',
  vpcendpointid string,
  vpcendpointaccountid string,
  eventcategory string COMMENT 'Management, Data, NetworkActivity or Insight',
  insightdetails string COMMENT 'JSON',
  addendum struct<reason:string,updatedfields:string,originalrequestid:string,originaleventid:string>,
  sessioncredentialfromconsole string,
  eventcontext string COMMENT 'JSON',
  edgedevicedetails string COMMENT 'JSON',
  tlsdetails struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>
)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS
  INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
  OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
