# A minimal call of the module pipeline-function, with the provider that it takes from its caller.
provider "aws" {
  region = "eu-central-1"
}

module "app" {
  source = "../.."

  name    = "demo-app"
  zip     = "${path.root}/app.zip"
  handler = "app.handler"
  environment = {
    PIPELINE = "demo"
  }
  statements = [{
    sid       = "ReadGranules"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::sentinel-s1-l1c/GRD/*"]
  }]
}

output "function_name" {
  value = module.app.function_name
}
