# A minimal call of the module alarms, with the provider that it takes from its caller.
provider "aws" {
  region = "eu-central-1"
}

module "alarms" {
  source = "../.."

  name         = "demo"
  dead_letters = { granules = { queue = "demo-granules-dead-letters" } }
  ages         = { age = { queue = "demo-granules", minutes = 1440 } }
  functions    = { app = "demo-app" }
}

output "alarm_arns" {
  value = module.alarms.alarm_arns
}
