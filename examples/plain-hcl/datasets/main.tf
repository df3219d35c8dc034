terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = var.project }
  }
}

# A subscription and its dead-letter queue must be in the region of the topic.
provider "aws" {
  alias  = "topic"
  region = local.topic_region

  default_tags {
    tags = { Project = var.project }
  }
}

locals {
  topic_region = split(":", var.topic_arn)[3]
}

module "pipeline" {
  source    = "../../../terraform-modules/pipeline"
  for_each  = var.datasets
  providers = { aws = aws, aws.topic = aws.topic }

  project      = var.project
  id           = each.key
  folder       = "${path.root}/../../../dist/${each.value.code}"
  ingestor_url = var.ingestor_url
  secret_arn   = var.secret_arn

  sns               = var.topic_arn
  sns_filter_policy = jsonencode(each.value.filter)
  source_locations  = each.value.source_locations
  requester_pays    = true

  inventory_location = each.value.inventory_location
  historic_frequency = each.value.inventory_location == null ? null : 1
  initial_chunk      = each.value.initial_chunk
}

# A second queue with the same notifications, for another consumer.
module "observer" {
  source    = "../../../terraform-modules/granule-queue"
  for_each  = var.datasets
  providers = { aws = aws, aws.topic = aws.topic }

  name = "${var.project}-${each.key}-observer"
  subscription = {
    topic_arn     = var.topic_arn
    filter_policy = jsonencode(each.value.filter)
  }
}
