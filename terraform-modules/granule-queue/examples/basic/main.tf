# A minimal call of the module granule-queue, with the providers that it takes from its caller.
provider "aws" {
  region = "eu-central-1"
}

module "granules" {
  source    = "../.."
  providers = { aws = aws, aws.topic = aws }

  name                     = "demo-granules"
  function_timeout_seconds = 60
  subscription             = { topic_arn = "arn:aws:sns:eu-central-1:214830741341:SentinelS1L1C" }
}

output "queue_url" {
  value = module.granules.queue_url
}
