locals {
  # What the service takes where a setting is missing or empty: as in the table of ../README.md.
  defaults = {
    EXECUTOR_MAX_CONCURRENCY = "8"
    EXECUTOR_QUEUE_TIMEOUT   = "10s"
    EXECUTOR_COMPILE_TIMEOUT = "30s"
    EXECUTOR_MAX_TIMEOUT     = "60s"
    EXECUTOR_TESTS_TIMEOUT   = "150s"
    EXECUTOR_DRAIN_NOTICE    = "1s"
    EXECUTOR_DRAIN_TIMEOUT   = "25s"
  }
  in_force = { for name, default in local.defaults : name => coalesce(lookup(var.settings, name, ""), default) }

  unit = { ms = 0.001, s = 1, m = 60, h = 3600 }
  seconds = {
    for name, value in local.in_force :
    name => sum([for part in regexall("([0-9.]+)(ms|s|m|h)", value) : part[0] * local.unit[part[1]]])
    if can(regex("_(TIMEOUT|NOTICE)$", name))
  }
  longest_stop = local.seconds.EXECUTOR_DRAIN_NOTICE + local.seconds.EXECUTOR_DRAIN_TIMEOUT
  longest_request = (
    local.seconds.EXECUTOR_QUEUE_TIMEOUT + local.seconds.EXECUTOR_COMPILE_TIMEOUT +
    max(local.seconds.EXECUTOR_MAX_TIMEOUT, local.seconds.EXECUTOR_TESTS_TIMEOUT)
  )

  # The documentation speaks of concurrent requests, but what the rule compares with this is requests a second.
  requests_per_second = max(1, floor(local.in_force.EXECUTOR_MAX_CONCURRENCY / var.mean_run_seconds))

  api_keys = length(var.api_keys) > 0 ? join(",", var.api_keys) : "none"
  memory   = "${2 * var.cpu}Gi"
  port     = 8000
  grace    = 30 # seconds from SIGTERM to SIGKILL

  resource_group = coalesce(var.resource_group_name, one(azurerm_resource_group.executor[*].name))
  # The name of a registry is part of its address, and so has to be the only one in Azure.
  unique        = substr(sha256("${data.azurerm_client_config.current.subscription_id}/${coalesce(var.resource_group_name, var.name)}/${var.name}"), 0, 8)
  registry_name = coalesce(var.registry_name, "${replace(var.name, "-", "")}${local.unique}")
}

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "executor" {
  count    = var.resource_group_name == null ? 1 : 0
  name     = var.name
  location = var.location
  tags     = var.tags
}

resource "azurerm_log_analytics_workspace" "executor" {
  name                = "${var.name}-logs"
  resource_group_name = local.resource_group
  location            = var.location
  sku                 = "PerGB2018"
  retention_in_days   = var.log_retention_days
  tags                = var.tags
}

resource "azurerm_container_registry" "executor" {
  name                = local.registry_name
  resource_group_name = local.resource_group
  location            = var.location
  sku                 = "Basic"
  admin_enabled       = false # the app pulls with its identity: there is no password to leak
  tags                = var.tags
}

# An identity of its own, and not the app's: that one would exist only after the first pull.
resource "azurerm_user_assigned_identity" "executor" {
  name                = "${var.name}-identity"
  resource_group_name = local.resource_group
  location            = var.location
  tags                = var.tags
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.executor.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.executor.principal_id
  principal_type       = "ServicePrincipal" # without it, an identity that was made just now is often not found
}

resource "azurerm_container_app_environment" "executor" {
  name                       = "${var.name}-env"
  resource_group_name        = local.resource_group
  location                   = var.location
  logs_destination           = "log-analytics" # without it the workspace is ignored
  log_analytics_workspace_id = azurerm_log_analytics_workspace.executor.id
  infrastructure_subnet_id   = var.subnet_id
  # Null, and not false: the provider refuses either without a subnet.
  internal_load_balancer_enabled = var.subnet_id == null ? null : !var.external
  zone_redundancy_enabled        = var.subnet_id == null ? null : var.zone_redundant
  tags                           = var.tags

  # An environment that was made without a profile cannot get one later.
  workload_profile {
    name                  = "Consumption"
    workload_profile_type = "Consumption"
  }
}

resource "azurerm_container_app" "executor" {
  count                        = var.image_tag == "none" ? 0 : 1
  name                         = var.name
  resource_group_name          = local.resource_group
  container_app_environment_id = azurerm_container_app_environment.executor.id
  workload_profile_name        = "Consumption"
  # The old revision keeps the traffic until the new one is ready.
  revision_mode = "Single"
  tags          = var.tags

  # Without the right to pull, the first revision fails; so it does where it cannot reach its database. Nothing else in here refers to them.
  depends_on = [azurerm_role_assignment.pull, azurerm_postgresql_flexible_server_firewall_rule.azure]

  # The registry's identity is only found among the app's identities.
  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.executor.id]
  }
  registry {
    server   = azurerm_container_registry.executor.login_server
    identity = azurerm_user_assigned_identity.executor.id
  }

  # It is there without keys as well: a secret that the running revision refers to cannot be removed.
  secret {
    name  = "api-keys"
    value = local.api_keys
  }
  dynamic "secret" {
    for_each = var.jobs ? ["jobs"] : []
    content {
      name  = secret.value
      value = local.jobs_url
    }
  }

  ingress {
    # In a subnet it is the environment that is internal. An internal app is reached only from apps beside it.
    external_enabled           = var.external || var.subnet_id != null
    target_port                = local.port
    transport                  = "http"
    allow_insecure_connections = false

    # Required in Single mode too, where it has no other effect.
    traffic_weight {
      latest_revision = true
      percentage      = 100
    }

    dynamic "ip_security_restriction" {
      for_each = var.allowed_cidrs
      content {
        name             = "allowed-${ip_security_restriction.key}"
        action           = "Allow"
        ip_address_range = ip_security_restriction.value
      }
    }
  }

  template {
    min_replicas                     = var.min_replicas
    max_replicas                     = var.max_replicas
    termination_grace_period_seconds = local.grace

    # The only rule: with another beside it, for CPU or for jobs, this one is reported to stop working.
    http_scale_rule {
      name                = "requests"
      concurrent_requests = tostring(local.requests_per_second)
    }

    container {
      name   = "executor"
      image  = local.image
      cpu    = var.cpu
      memory = local.memory

      dynamic "env" {
        for_each = var.settings # in the order of the names
        content {
          name  = env.key
          value = env.value
        }
      }
      env {
        name        = "EXECUTOR_API_KEYS"
        secret_name = "api-keys"
      }
      # Replicas read a secret when they start. This makes new ones when the keys change.
      env {
        name  = "API_KEYS_DIGEST"
        value = nonsensitive(substr(sha256(local.api_keys), 0, 8))
      }
      dynamic "env" {
        for_each = local.jobs_env
        content {
          name        = env.value.name
          value       = env.value.value
          secret_name = env.value.secret_name
        }
      }

      # Kinds that are left out would be TCP probes with the platform's defaults.

      # Is it listening? It is at once; a container that is not after a minute is started again.
      startup_probe {
        transport               = "HTTP"
        port                    = local.port
        path                    = "/livez"
        interval_seconds        = 1
        timeout                 = 5
        failure_count_threshold = 60
      }
      # Patient: a replica that is started again loses all its runs, and guests may take all the processor time there is.
      liveness_probe {
        transport               = "HTTP"
        port                    = local.port
        path                    = "/livez"
        interval_seconds        = 10
        timeout                 = 5
        failure_count_threshold = 6
      }
      # Ready when every language was tried, half a minute at most. Later it fails only while draining, never for load.
      readiness_probe {
        transport               = "HTTP"
        port                    = local.port
        path                    = "/readyz"
        interval_seconds        = 2
        timeout                 = 5
        failure_count_threshold = 3
        success_count_threshold = 1 # 3 by default
      }
    }
  }

  lifecycle {
    precondition {
      condition     = local.longest_request < 230
      error_message = "settings: a request could take ${local.longest_request} s, but the ingress cuts it after 240 s, so it must be less than 230 s. That is EXECUTOR_QUEUE_TIMEOUT (${local.in_force.EXECUTOR_QUEUE_TIMEOUT}) + EXECUTOR_COMPILE_TIMEOUT (${local.in_force.EXECUTOR_COMPILE_TIMEOUT}) + the longer of EXECUTOR_MAX_TIMEOUT (${local.in_force.EXECUTOR_MAX_TIMEOUT}) and EXECUTOR_TESTS_TIMEOUT (${local.in_force.EXECUTOR_TESTS_TIMEOUT})."
    }
    precondition {
      condition     = local.longest_stop <= local.grace - 4
      error_message = "settings: EXECUTOR_DRAIN_NOTICE (${local.in_force.EXECUTOR_DRAIN_NOTICE}) and EXECUTOR_DRAIN_TIMEOUT (${local.in_force.EXECUTOR_DRAIN_TIMEOUT}) together are ${local.longest_stop} s, but the platform kills a replica ${local.grace} s after it asked it to stop: at most ${local.grace - 4} s."
    }
  }
}
