variable "image_tag" {
  description = "Tag of the image `executor` in the registry that is made here. `none` makes everything but the app: the registry has to be there before an image can be pushed to it. There is no default, so that forgetting it never removes the app."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag))
    error_message = "image_tag: \"${var.image_tag}\" is not a tag: it has at most 128 letters, digits, dots, hyphens and underscores, and begins with none of the dots and hyphens. Say v1, or none for no app yet."
  }
  validation {
    condition     = var.image_tag != "latest"
    error_message = "image_tag: \"latest\" is not allowed. The platform makes a new revision only when the tag changes, and there is no way back to what latest was: give each build a tag of its own, such as v2."
  }
}

variable "name" {
  description = "Name of the container app, and the beginning of all other names."
  type        = string
  default     = "executor"
  nullable    = false

  validation {
    condition     = length(var.name) <= 32 && can(regex("^[a-z](-?[a-z0-9])+$", var.name))
    error_message = "name: \"${var.name}\" is not allowed: 2 to 32 lower-case letters, digits and single hyphens, with a letter first and no hyphen last."
  }
  validation {
    condition     = !var.jobs || length(var.name) <= 25
    error_message = "name: \"${var.name}\" is not allowed with jobs = true: at most 25 characters, because \"${var.name}-worker\" is the name of an app as well, and those have at most 32."
  }
}

variable "subscription_id" {
  description = "Subscription to work in. Null: ARM_SUBSCRIPTION_ID, or else the one that `az account show` names."
  type        = string
  default     = null
}

variable "location" {
  description = "Region of all resources, by its short name."
  type        = string
  default     = "swedencentral"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+[0-9]?$", var.location))
    error_message = "location: \"${var.location}\" is not the short name of a region, such as westeurope or eastus2. `az account list-locations --query [].name` lists them."
  }
}

variable "resource_group_name" {
  description = "An existing resource group to use. Null: one is made, with the name of the app."
  type        = string
  default     = null

  validation {
    condition     = var.resource_group_name == null || can(regex("^[A-Za-z0-9._()-]{0,89}[A-Za-z0-9_()-]$", var.resource_group_name))
    error_message = "resource_group_name: it must be the name of a resource group, not its id: 1 to 90 letters, digits, and . _ - ( ), without a dot at the end. Leave it out to have one made."
  }
}

variable "registry_name" {
  description = "Name of the registry, which no other registry in Azure may have. Null: the name without hyphens, and 8 digits that are always the same for this subscription, resource group and name."
  type        = string
  default     = null

  validation {
    condition     = var.registry_name == null || can(regex("^[a-z0-9]{5,50}$", var.registry_name))
    error_message = "registry_name: it must be 5 to 50 lower-case letters and digits, without hyphens. Leave it out to have one made up."
  }
}

variable "cpu" {
  description = "vCPU of a replica: 0.25 to 4 in steps of 0.25. The default of 1 is what the service's own defaults are meant for."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.cpu >= 0.25 && var.cpu <= 4 && floor(var.cpu * 4) == var.cpu * 4
    error_message = "cpu: ${var.cpu} is not allowed: the Consumption profile has 0.25 to 4 vCPU in steps of 0.25."
  }
}

variable "memory_gib" {
  description = "Memory of a replica in GiB. Null: 2 for each vCPU, the only value that the Consumption profile allows."
  type        = number
  default     = null

  validation {
    condition     = var.memory_gib == null || var.memory_gib == 2 * var.cpu
    error_message = "memory_gib: it must be ${2 * var.cpu} for ${var.cpu} vCPU: the Consumption profile gives 2 GiB for each vCPU and nothing else. Change cpu to have more, and leave memory_gib out."
  }
}

variable "min_replicas" {
  description = "Replicas that are always there, 0 to 300. The default is 1, and not 0: the first request to a service without a replica waits until the image is pulled and every language was tried, which is up to minutes."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.min_replicas >= 0 && var.min_replicas <= 300 && floor(var.min_replicas) == var.min_replicas
    error_message = "min_replicas: ${var.min_replicas} is not allowed: it must be a whole number from 0 to 300."
  }
}

variable "max_replicas" {
  description = "Replicas beyond which there are never more, 1 to 300, and at least min_replicas. It bounds what the service can cost; what does not fit gets 429."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_replicas >= 1 && var.max_replicas <= 300 && floor(var.max_replicas) == var.max_replicas
    error_message = "max_replicas: ${var.max_replicas} is not allowed: it must be a whole number from 1 to 300."
  }
  validation {
    condition     = var.max_replicas >= var.min_replicas
    error_message = "max_replicas: ${var.max_replicas} is less than min_replicas, which is ${var.min_replicas}."
  }
}

variable "mean_run_seconds" {
  description = "How long a request takes on average, in seconds, at which a replica is to be full. The scale rule counts requests a second, and a replica is meant to get EXECUTOR_MAX_CONCURRENCY / mean_run_seconds of them. More than the truth adds replicas earlier."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.mean_run_seconds >= 0.01 && var.mean_run_seconds < 230
    error_message = "mean_run_seconds: ${var.mean_run_seconds} is not allowed: it must be at least 0.01 and less than 230 seconds, when the ingress gives up."
  }
}

variable "settings" {
  description = "Variables of the service, such as { EXECUTOR_MAX_TIMEOUT = \"30s\" }: the table in ../README.md has all of them. One that is left out, or empty, has its default. Keys for clients belong in api_keys."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.settings) : can(regex("^EXECUTOR_[A-Z]+(_[A-Z]+)*$", name))])
    error_message = "settings: ${join(", ", [for name in keys(var.settings) : name if !can(regex("^EXECUTOR_[A-Z]+(_[A-Z]+)*$", name))])}: only variables that begin with EXECUTOR_ can be set, in capital letters. PORT is 8000, which the probes and the ingress rely on."
  }
  validation {
    condition     = alltrue([for value in values(var.settings) : value != null])
    error_message = "settings: ${join(", ", [for name, value in var.settings : name if value == null])}: null is not a value. Leave it out, or make it empty, for the default."
  }
  validation {
    condition     = !contains(keys(var.settings), "EXECUTOR_API_KEYS")
    error_message = "settings: EXECUTOR_API_KEYS is a secret, and what stands here can be read by everybody who may look at the app. Put the keys in api_keys."
  }
  validation {
    condition     = !contains(keys(var.settings), "EXECUTOR_JOBS")
    error_message = "settings: EXECUTOR_JOBS holds the password of a database, and what stands here can be read by everybody who may look at the app. Set jobs = true, which makes a database and hands it to the service as a secret."
  }
  validation {
    condition     = !var.jobs || !contains(keys(var.settings), "EXECUTOR_ROLE")
    error_message = "settings: EXECUTOR_ROLE = ${jsonencode(lookup(var.settings, "EXECUTOR_ROLE", ""))}: with jobs = true it is api in the one app and worker in the other. Leave it out."
  }
  validation {
    condition     = alltrue([for name, value in var.settings : !can(regex("_(TIMEOUT|NOTICE|TTL|LEASE)$", name)) || can(regex("^(|([0-9]+([.][0-9]+)?(ms|s|m|h))+)$", value))])
    error_message = "settings: ${join(", ", [for name, value in var.settings : "${name} = ${jsonencode(value)}" if can(regex("_(TIMEOUT|NOTICE|TTL|LEASE)$", name)) && !can(regex("^(|([0-9]+([.][0-9]+)?(ms|s|m|h))+)$", value))])}: it must be a duration such as 500ms, 10s or 1m30s."
  }
  validation {
    condition     = can(regex("^(|[1-9][0-9]{0,2}|1000)$", lookup(var.settings, "EXECUTOR_JOB_CONCURRENCY", "")))
    error_message = "settings: EXECUTOR_JOB_CONCURRENCY = ${jsonencode(lookup(var.settings, "EXECUTOR_JOB_CONCURRENCY", ""))}: it must be a whole number from 1 to 1000."
  }
  validation {
    condition     = can(regex("^(|[1-9][0-9]{0,2}|1000)$", lookup(var.settings, "EXECUTOR_MAX_CONCURRENCY", "")))
    error_message = "settings: EXECUTOR_MAX_CONCURRENCY = ${jsonencode(lookup(var.settings, "EXECUTOR_MAX_CONCURRENCY", ""))}: it must be a whole number from 1 to 1000."
  }
}

variable "api_keys" {
  description = "Keys of which requests must show one. They reach the app as one secret, and are in Terraform's state."
  type        = set(string)
  default     = []
  nullable    = false
  sensitive   = true

  validation {
    condition     = alltrue([for key in var.api_keys : can(regex("^[!-+--~]{16,}$", key))])
    error_message = "api_keys: each must have at least 16 printable ASCII characters, without blanks and commas. `openssl rand -hex 24` makes a good one."
  }
  validation {
    condition     = length(var.api_keys) > 0 || var.allow_open || !var.external || var.image_tag == "none"
    error_message = "api_keys: there is none, and everybody on the internet could run programs here. Give at least one, or set external = false, or allow_open = true if that is what you want."
  }
}

variable "allow_open" {
  description = "Whether a service that is reachable from outside may be without api_keys."
  type        = bool
  default     = false
  nullable    = false
}

variable "external" {
  description = "Whether the service can be reached from the internet. False: only from apps in its environment, or, with subnet_id, from the virtual network. Changing it with subnet_id makes the environment and the app anew."
  type        = bool
  default     = true
  nullable    = false
}

variable "allowed_cidrs" {
  description = "Ranges of IPv4 addresses, such as 203.0.113.0/24, that may reach the service. Empty: all."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "allowed_cidrs: ${join(", ", [for cidr in var.allowed_cidrs : cidr if !can(cidrnetmask(cidr))])}: it must be a range of IPv4 addresses such as 203.0.113.0/24; a single address ends with /32."
  }
}

variable "subnet_id" {
  description = "Id of a subnet, of at least /27 and delegated to Microsoft.App/environments, for the environment to be in. Null: the platform's own network. Changing it makes the environment and the app anew."
  type        = string
  default     = null

  validation {
    condition     = var.subnet_id == null || can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Network/virtualNetworks/[^/]+/subnets/[^/]+$", var.subnet_id))
    error_message = "subnet_id: it must be the whole id of a subnet, as `az network vnet subnet show --query id` prints it: /subscriptions/.../subnets/NAME."
  }
}

variable "zone_redundant" {
  description = "Whether replicas are spread over the zones of the region. Needs subnet_id, and at least as many replicas as zones to be of use. Changing it makes the environment and the app anew."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.zone_redundant || var.subnet_id != null
    error_message = "zone_redundant: the platform has this only for environments in a subnet of yours: set subnet_id as well."
  }
}

variable "jobs" {
  description = "Whether programs can also be handed in as jobs, which are kept in a database until they are done. True makes a PostgreSQL server, which costs something day and night, and a second app, whose replicas run the jobs. False again removes both, with all jobs and results."
  type        = bool
  default     = false
  nullable    = false
}

variable "jobs_min_replicas" {
  description = "Replicas that are always there for jobs, 0 to 300. The default is 1, and not 0: the first job would wait until the scale rule is looked at, the image is pulled and every language was tried, which is up to minutes; and where the rule does not work, all jobs would wait for ever."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.jobs_min_replicas >= 0 && var.jobs_min_replicas <= 300 && floor(var.jobs_min_replicas) == var.jobs_min_replicas
    error_message = "jobs_min_replicas: ${var.jobs_min_replicas} is not allowed: it must be a whole number from 0 to 300."
  }
}

variable "jobs_max_replicas" {
  description = "Replicas for jobs beyond which there are never more, 1 to 300, and at least jobs_min_replicas. What does not fit waits."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.jobs_max_replicas >= 1 && var.jobs_max_replicas <= 300 && floor(var.jobs_max_replicas) == var.jobs_max_replicas
    error_message = "jobs_max_replicas: ${var.jobs_max_replicas} is not allowed: it must be a whole number from 1 to 300."
  }
  validation {
    condition     = var.jobs_max_replicas >= var.jobs_min_replicas
    error_message = "jobs_max_replicas: ${var.jobs_max_replicas} is less than jobs_min_replicas, which is ${var.jobs_min_replicas}."
  }
}

variable "jobs_database_password" {
  description = "Password of the database's only login, `jobs`. Needed with jobs = true. It reaches the apps as a secret, and is in Terraform's state."
  type        = string
  default     = null
  sensitive   = true

  validation {
    condition     = !var.jobs || var.jobs_database_password != null
    error_message = "jobs_database_password: there is none, and jobs = true needs one. `openssl rand -base64 24` makes a good one."
  }
  validation {
    condition     = var.jobs_database_password == null || can(regex("^[!-~]{16,128}$", var.jobs_database_password))
    error_message = "jobs_database_password: it must have 16 to 128 printable ASCII characters, without blanks. `openssl rand -base64 24` makes a good one."
  }
  validation {
    condition     = var.jobs_database_password == null || alltrue([for kind in ["[a-z]", "[A-Z]", "[0-9]"] : can(regex(kind, var.jobs_database_password))])
    error_message = "jobs_database_password: it must have a small letter, a capital letter and a digit, or Azure refuses it. `openssl rand -base64 24` makes a good one."
  }
  validation {
    condition     = var.jobs_database_password == null || !can(regex("(?i)job|obs", var.jobs_database_password))
    error_message = "jobs_database_password: it must not contain \"job\" or \"obs\", in small letters or capitals: Azure allows no three characters in a row of the login's name, which is jobs. `openssl rand -base64 24` makes another."
  }
}

variable "jobs_database_sku" {
  description = "Size of the database server. The default, and not the smallest: B_Standard_B1ms has 35 connections, enough for 6 replicas of both apps together."
  type        = string
  default     = "B_Standard_B2s"
  nullable    = false

  validation {
    condition     = can(regex("^(B|GP|MO)_Standard_[A-Z][A-Za-z0-9_]*$", var.jobs_database_sku))
    error_message = "jobs_database_sku: \"${var.jobs_database_sku}\" is not the name of a size, such as B_Standard_B1ms, B_Standard_B2s or GP_Standard_D2ds_v5: B, GP or MO, _Standard_, and what Azure calls the machine."
  }
  # The connections are the documented ones; every other size has at least twice as many.
  validation {
    condition     = !var.jobs || 5 * (var.max_replicas + var.jobs_max_replicas + 1) <= lookup({ B_Standard_B1ms = 35, B_Standard_B2s = 414 }, var.jobs_database_sku, 5000)
    error_message = "jobs_database_sku: ${var.jobs_database_sku} has ${lookup({ B_Standard_B1ms = 35, B_Standard_B2s = 414 }, var.jobs_database_sku, 5000)} connections, but max_replicas (${var.max_replicas}) and jobs_max_replicas (${var.jobs_max_replicas}) may need ${5 * (var.max_replicas + var.jobs_max_replicas + 1)}: five for each replica, and five for the scale rule. Take a larger size, or fewer replicas."
  }
}

variable "jobs_database_gib" {
  description = "Disk of the database server in GiB: 32, 64, 128, 256, 512, 1024 or 2048. It can grow; less than there is makes the server anew, and all jobs are lost."
  type        = number
  default     = 32
  nullable    = false

  validation {
    condition     = contains([32, 64, 128, 256, 512, 1024, 2048], var.jobs_database_gib)
    error_message = "jobs_database_gib: ${var.jobs_database_gib} is not allowed: it must be 32, 64, 128, 256, 512, 1024 or 2048."
  }
}

variable "jobs_database_subnet_id" {
  description = "Id of a subnet, delegated to Microsoft.DBforPostgreSQL/flexibleServers, for the database server to be in. It has to be another one than subnet_id, from which it can be reached. Null: the server has a public address that only Azure can reach. Changing it makes the server anew, and all jobs are lost."
  type        = string
  default     = null

  validation {
    condition     = var.jobs_database_subnet_id == null || can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Network/virtualNetworks/[^/]+/subnets/[^/]+$", var.jobs_database_subnet_id))
    error_message = "jobs_database_subnet_id: it must be the whole id of a subnet, as `az network vnet subnet show --query id` prints it: /subscriptions/.../subnets/NAME."
  }
  validation {
    condition     = var.jobs_database_subnet_id == null || var.subnet_id != null
    error_message = "jobs_database_subnet_id: the apps could not reach a server in a subnet from the platform's own network: set subnet_id as well."
  }
  validation {
    condition     = var.jobs_database_subnet_id == null || var.jobs_database_subnet_id != var.subnet_id
    error_message = "jobs_database_subnet_id: it is the same as subnet_id, and a subnet is delegated to one service only. It must be another subnet of that network, or of one that is peered with it."
  }
  validation {
    condition     = (var.jobs_database_subnet_id == null) == (var.jobs_database_dns_zone_id == null)
    error_message = "jobs_database_subnet_id: it needs jobs_database_dns_zone_id, and is needed by it: set both, or neither."
  }
}

variable "jobs_database_dns_zone_id" {
  description = "Id of a private DNS zone whose name ends with .postgres.database.azure.com, linked to the network of subnet_id, for the name of a database server in a subnet."
  type        = string
  default     = null

  validation {
    condition     = var.jobs_database_dns_zone_id == null || can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Network/privateDnsZones/[^/]+[.]postgres[.]database[.]azure[.]com$", var.jobs_database_dns_zone_id))
    error_message = "jobs_database_dns_zone_id: it must be the whole id of a private DNS zone whose name ends with .postgres.database.azure.com, as `az network private-dns zone show --query id` prints it: /subscriptions/.../privateDnsZones/NAME.postgres.database.azure.com."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept, 30 to 730. The first 31 are in the price of taking them in."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 730 && floor(var.log_retention_days) == var.log_retention_days
    error_message = "log_retention_days: ${var.log_retention_days} is not allowed: it must be a whole number from 30 to 730."
  }
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
  nullable    = false
}
