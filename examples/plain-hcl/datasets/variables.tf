variable "project" {
  type        = string
  description = "The prefix of every name."
  default     = "demo"
}

variable "region" {
  type        = string
  description = "The region of everything except the subscriptions."
  default     = "eu-central-1"
}

variable "ingestor_url" {
  type        = string
  description = "The URL of the ingestor API that Items are posted to."
}

variable "secret_arn" {
  type        = string
  description = "The ARN of the secret with cognito_domain, client_id, client_secret and scope."
}

variable "topic_arn" {
  type        = string
  description = "The ARN of the topic that announces new granules."
  default     = "arn:aws:sns:eu-central-1:214830741341:SentinelS1L1C"
}

variable "datasets" {
  description = "The datasets, by id. code is the name of a folder in dist/."
  default = {
    sentinel1_iw = {
      code               = "sentinel1"
      filter             = { mode = ["IW"] }
      source_locations   = ["s3://sentinel-s1-l1c/GRD/"]
      inventory_location = "s3://sentinel-inventory/sentinel-s1-l1c/sentinel-s1-l1c-inventory"
      initial_chunk      = "2022-04-20"
    }
    sentinel1_ew = {
      code             = "sentinel1"
      filter           = { mode = ["EW"] }
      source_locations = ["s3://sentinel-s1-l1c/GRD/"]
    }
  }

  type = map(object({
    code               = string
    filter             = map(list(string))
    source_locations   = list(string)
    inventory_location = optional(string)
    initial_chunk      = optional(string)
  }))
}
