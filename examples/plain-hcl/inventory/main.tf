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
  region = "eu-central-1"
}

variable "results_bucket" {
  type        = string
  description = "The name of the new bucket for the results of queries."
}

module "inventory" {
  source = "../../../terraform-modules/inventory"

  name               = "sentinel1"
  results_bucket     = var.results_bucket
  inventory_location = "s3://sentinel-inventory/sentinel-s1-l1c/sentinel-s1-l1c-inventory"
  requester_pays     = true
}

output "query" {
  description = "What a query needs: workgroup, database and table."
  value = {
    workgroup = module.inventory.workgroup
    database  = module.inventory.database
    table     = module.inventory.inventory_table
  }
}
