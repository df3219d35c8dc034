# A minimal call of the module pipeline, with the providers that it takes from its caller.
provider "aws" {
  region = "eu-central-1"
}

module "pipeline" {
  source    = "../.."
  providers = { aws = aws, aws.topic = aws }

  project      = "demo"
  id           = "sentinel1"
  folder       = "${path.root}/dist/sentinel1"
  ingestor_url = "https://ingestor.example.com/api"
  secret_arn   = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stac-ingestor-AbCdEf"

  sns              = "arn:aws:sns:eu-central-1:214830741341:SentinelS1L1C"
  source_locations = ["s3://sentinel-s1-l1c/GRD/"]
  requester_pays   = true
}

output "queue_url" {
  value = module.pipeline.queue_url
}
