# A minimal call of the module inventory, with the provider that it takes from its caller.
provider "aws" {
  region = "eu-central-1"
}

module "inventory" {
  source = "../.."

  name               = "demo"
  results_bucket     = "demo-results-123456789012"
  inventory_location = "s3://sentinel-inventory/sentinel-s1-l1c/sentinel-s1-l1c-inventory"
}

output "database" {
  value = module.inventory.database
}
