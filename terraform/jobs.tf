# Jobs, if there are to be any: a database that holds them, and a second app, which runs them.

locals {
  # A worker serves no requests, and so keeps no place free for them.
  job_concurrency = coalesce(lookup(var.settings, "EXECUTOR_JOB_CONCURRENCY", ""), local.in_force.EXECUTOR_MAX_CONCURRENCY)

  # The service and KEDA read it with the same library. Either takes a URL, in which all but letters, digits and -._~ is escaped.
  jobs_url = (var.jobs
    ? "postgres://${azurerm_postgresql_flexible_server.jobs[0].administrator_login}:${urlencode(var.jobs_database_password)}@${azurerm_postgresql_flexible_server.jobs[0].fqdn}:5432/${azurerm_postgresql_flexible_server_database.jobs[0].name}?sslmode=require"
    : null
  )
  # What the app that serves requests is told of jobs, beside the settings. The digest makes new replicas when the password changes.
  jobs_digest = var.jobs ? nonsensitive(substr(sha256(local.jobs_url), 0, 8)) : null
  jobs_env = [for env in [
    { name = "EXECUTOR_ROLE", value = "api", secret_name = null },
    { name = "EXECUTOR_JOBS", value = null, secret_name = "jobs" },
    { name = "JOBS_DIGEST", value = local.jobs_digest, secret_name = null },
  ] : env if var.jobs]
}

resource "azurerm_postgresql_flexible_server" "jobs" {
  count               = var.jobs ? 1 : 0
  name                = "${var.name}-jobs-${local.unique}" # part of its address, as that of the registry
  resource_group_name = local.resource_group
  location            = var.location
  version             = "16"
  sku_name            = var.jobs_database_sku
  storage_mb          = 1024 * var.jobs_database_gib
  tags                = var.tags

  administrator_login    = "jobs"
  administrator_password = var.jobs_database_password

  delegated_subnet_id           = var.jobs_database_subnet_id
  private_dns_zone_id           = var.jobs_database_dns_zone_id
  public_network_access_enabled = var.jobs_database_subnet_id == null # has to be false in a subnet

  lifecycle {
    ignore_changes = [zone] # Azure chooses one, and the provider would try to take it back
  }
}

resource "azurerm_postgresql_flexible_server_database" "jobs" {
  count     = var.jobs ? 1 : 0
  name      = "executor"
  server_id = azurerm_postgresql_flexible_server.jobs[0].id
}

# From where the apps and KEDA come is not known ahead, and may change. 0.0.0.0 stands for all of Azure, other people's machines
# among it: what is left to keep them out is the password.
resource "azurerm_postgresql_flexible_server_firewall_rule" "azure" {
  count            = var.jobs && var.jobs_database_subnet_id == null ? 1 : 0
  name             = "azure"
  server_id        = azurerm_postgresql_flexible_server.jobs[0].id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "0.0.0.0"
}

# An app of its own: a rule for requests and one for jobs are reported not to work in one app.
resource "azurerm_container_app" "worker" {
  count                        = var.jobs && var.image_tag != "none" ? 1 : 0
  name                         = "${var.name}-worker"
  resource_group_name          = local.resource_group
  container_app_environment_id = azurerm_container_app_environment.executor.id
  workload_profile_name        = "Consumption"
  revision_mode                = "Single"
  tags                         = var.tags

  depends_on = [azurerm_role_assignment.pull, azurerm_postgresql_flexible_server_firewall_rule.azure]

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.executor.id]
  }
  registry {
    server   = azurerm_container_registry.executor.login_server
    identity = azurerm_user_assigned_identity.executor.id
  }

  # Neither keys nor an ingress: nobody can ask it anything.
  secret {
    name  = "jobs"
    value = local.jobs_url
  }

  template {
    min_replicas                     = var.jobs_min_replicas
    max_replicas                     = var.jobs_max_replicas
    termination_grace_period_seconds = local.grace

    custom_scale_rule {
      name             = "jobs"
      custom_rule_type = "postgresql"
      metadata = {
        # Those that run count as well, or their replicas would be taken away.
        query            = "SELECT count(*) FROM exec_job WHERE status IN ('queued','started','retry') OR status='pending' AND due_at <= (extract(epoch from now())*1000)::bigint"
        targetQueryValue = local.job_concurrency
      }
      # Never identity_id: with it, the platform loses the metadata of a rule of this type, and says nothing.
      authentication {
        secret_name       = "jobs"
        trigger_parameter = "connection"
      }
    }

    container {
      name   = "executor"
      image  = local.image
      cpu    = var.cpu
      memory = local.memory

      dynamic "env" {
        for_each = merge(var.settings, { EXECUTOR_JOB_CONCURRENCY = local.job_concurrency })
        content {
          name  = env.key
          value = env.value
        }
      }
      env {
        name  = "EXECUTOR_ROLE"
        value = "worker"
      }
      env {
        name        = "EXECUTOR_JOBS"
        secret_name = "jobs"
      }
      env {
        name  = "JOBS_DIGEST"
        value = local.jobs_digest
      }

      # The same three as in main.tf, for the same reasons.
      startup_probe {
        transport               = "HTTP"
        port                    = local.port
        path                    = "/livez"
        interval_seconds        = 1
        timeout                 = 5
        failure_count_threshold = 60
      }
      liveness_probe {
        transport               = "HTTP"
        port                    = local.port
        path                    = "/livez"
        interval_seconds        = 10
        timeout                 = 5
        failure_count_threshold = 6
      }
      readiness_probe {
        transport               = "HTTP"
        port                    = local.port
        path                    = "/readyz"
        interval_seconds        = 2
        timeout                 = 5
        failure_count_threshold = 3
        success_count_threshold = 1
      }
    }
  }

  lifecycle {
    precondition {
      condition     = tonumber(local.job_concurrency) <= tonumber(local.in_force.EXECUTOR_MAX_CONCURRENCY)
      error_message = "settings: EXECUTOR_JOB_CONCURRENCY = ${local.job_concurrency} is more than EXECUTOR_MAX_CONCURRENCY, which is ${local.in_force.EXECUTOR_MAX_CONCURRENCY}. No replica would run as many, and there would be too few replicas."
    }
  }
}
