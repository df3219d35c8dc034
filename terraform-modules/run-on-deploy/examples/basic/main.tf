# A minimal call of the module run-on-deploy, with the provider that it takes from its caller.
provider "aws" {
  region = "eu-central-1"
}

module "collection_on_deploy" {
  source = "../.."

  function_name = "demo-collection"
  triggers      = { version = "1" }
}

output "answer" {
  value = module.collection_on_deploy.answer
}
