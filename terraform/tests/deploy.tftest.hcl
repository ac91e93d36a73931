# What is made of good inputs, with a provider that asks nobody. The ids have the form of real ones: the provider's own
# checks look at them, and only an apply runs all of those.

mock_provider "azurerm" {
  mock_data "azurerm_client_config" {
    defaults = {
      subscription_id = "00000000-0000-0000-0000-000000000000"
    }
  }
  mock_resource "azurerm_resource_group" {
    defaults = {
      id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/executor"
    }
  }
  mock_resource "azurerm_log_analytics_workspace" {
    defaults = {
      id           = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/executor/providers/Microsoft.OperationalInsights/workspaces/executor-logs"
      workspace_id = "11111111-1111-1111-1111-111111111111"
    }
  }
  mock_resource "azurerm_container_registry" {
    defaults = {
      id           = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/executor/providers/Microsoft.ContainerRegistry/registries/mock"
      login_server = "mock.azurecr.io"
    }
  }
  mock_resource "azurerm_user_assigned_identity" {
    defaults = {
      id           = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/executor/providers/Microsoft.ManagedIdentity/userAssignedIdentities/executor-identity"
      principal_id = "22222222-2222-2222-2222-222222222222"
    }
  }
  mock_resource "azurerm_container_app_environment" {
    defaults = {
      id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/executor/providers/Microsoft.App/managedEnvironments/executor-env"
    }
  }
  mock_resource "azurerm_container_app" {
    defaults = {
      id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/executor/providers/Microsoft.App/containerApps/executor"
    }
  }
  mock_resource "azurerm_postgresql_flexible_server" {
    defaults = {
      id   = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/executor/providers/Microsoft.DBforPostgreSQL/flexibleServers/executor-jobs"
      fqdn = "mock.postgres.database.azure.com"
    }
  }
}

variables {
  image_tag = "v1"
  api_keys  = ["key-of-the-second-client", "a-key-of-the-first-client"]
}

run "before_there_is_an_image" {
  variables {
    image_tag = "none"
    api_keys  = []
  }

  assert {
    condition     = length(azurerm_container_app.executor) == 0
    error_message = "There is an app without an image."
  }
  assert {
    condition     = output.url == null
    error_message = "There is a URL without an app."
  }
  assert {
    condition     = output.image == "mock.azurecr.io/executor:v1"
    error_message = "The image to push is ${output.image}."
  }
  assert {
    condition     = output.next_command == "az acr build --registry ${azurerm_container_registry.executor.name} --image executor:v1 --build-arg RUNTIMES=standard ."
    error_message = "The next command does not build the image: ${output.next_command}"
  }
}

run "defaults" {
  # What each resource is called, and where it is.
  assert {
    condition     = azurerm_resource_group.executor[0].name == "executor" && azurerm_resource_group.executor[0].location == "swedencentral"
    error_message = "The resource group is not made as it should be."
  }
  assert {
    condition = distinct([
      azurerm_log_analytics_workspace.executor.resource_group_name, azurerm_container_registry.executor.resource_group_name,
      azurerm_user_assigned_identity.executor.resource_group_name, azurerm_container_app_environment.executor.resource_group_name,
      azurerm_container_app.executor[0].resource_group_name, output.resource_group,
    ]) == tolist(["executor"])
    error_message = "Something is not in the resource group that was made."
  }
  assert {
    condition     = azurerm_container_registry.executor.name == "executor${substr(sha256("00000000-0000-0000-0000-000000000000/executor/executor"), 0, 8)}"
    error_message = "The registry's name is not made from the subscription, the group and the name: ${azurerm_container_registry.executor.name}"
  }

  # Logs.
  assert {
    condition     = azurerm_container_app_environment.executor.logs_destination == "log-analytics"
    error_message = "logs_destination must stand beside the workspace."
  }
  assert {
    condition     = azurerm_container_app_environment.executor.log_analytics_workspace_id == azurerm_log_analytics_workspace.executor.id
    error_message = "The environment does not log to the workspace."
  }
  assert {
    condition     = azurerm_log_analytics_workspace.executor.retention_in_days == 30
    error_message = "Logs are not kept for 30 days."
  }

  assert {
    condition     = azurerm_log_analytics_workspace.executor.sku == "PerGB2018" && azurerm_container_registry.executor.sku == "Basic"
    error_message = "The workspace or the registry is of another kind, and price."
  }

  # The profile, from the start.
  assert {
    condition     = one(azurerm_container_app_environment.executor.workload_profile).name == "Consumption" && one(azurerm_container_app_environment.executor.workload_profile).workload_profile_type == "Consumption"
    error_message = "The environment has no Consumption profile."
  }
  assert {
    condition     = azurerm_container_app.executor[0].workload_profile_name == "Consumption"
    error_message = "The app is not in the Consumption profile."
  }
  assert {
    condition     = azurerm_container_app_environment.executor.internal_load_balancer_enabled != true && azurerm_container_app_environment.executor.zone_redundancy_enabled != true
    error_message = "Without a subnet, the environment can be neither internal nor zone redundant."
  }

  # The pull.
  assert {
    condition     = !azurerm_container_registry.executor.admin_enabled
    error_message = "The registry has an admin password."
  }
  assert {
    condition = (azurerm_role_assignment.pull.role_definition_name == "AcrPull" && azurerm_role_assignment.pull.principal_type == "ServicePrincipal" &&
    azurerm_role_assignment.pull.scope == azurerm_container_registry.executor.id && azurerm_role_assignment.pull.principal_id == azurerm_user_assigned_identity.executor.principal_id)
    error_message = "The identity is not given AcrPull on the registry, as a ServicePrincipal."
  }
  assert {
    condition     = azurerm_container_app.executor[0].identity[0].type == "UserAssigned" && azurerm_container_app.executor[0].identity[0].identity_ids == toset([azurerm_user_assigned_identity.executor.id])
    error_message = "The app does not have the identity."
  }
  assert {
    condition     = azurerm_container_app.executor[0].registry[0].server == "mock.azurecr.io" && azurerm_container_app.executor[0].registry[0].identity == azurerm_user_assigned_identity.executor.id
    error_message = "The registry is not used with the identity."
  }
  assert {
    condition     = azurerm_container_app.executor[0].template[0].container[0].image == "mock.azurecr.io/executor:v1" && output.image == "mock.azurecr.io/executor:v1"
    error_message = "The image is not that of the registry."
  }

  # The ingress.
  assert {
    condition     = azurerm_container_app.executor[0].revision_mode == "Single" && azurerm_container_app.executor[0].ingress[0].traffic_weight[0].latest_revision && azurerm_container_app.executor[0].ingress[0].traffic_weight[0].percentage == 100
    error_message = "The latest revision does not get all the traffic."
  }
  assert {
    condition     = azurerm_container_app.executor[0].ingress[0].external_enabled && !azurerm_container_app.executor[0].ingress[0].allow_insecure_connections && azurerm_container_app.executor[0].ingress[0].target_port == 8000 && azurerm_container_app.executor[0].ingress[0].transport == "http"
    error_message = "The ingress does not lead to port 8000 from outside, with TLS only."
  }
  assert {
    condition     = length(azurerm_container_app.executor[0].ingress[0].ip_security_restriction) == 0
    error_message = "Addresses are restricted though nobody asked."
  }

  # The scale: 8 slots, runs of a second.
  assert {
    condition     = azurerm_container_app.executor[0].template[0].http_scale_rule[0].concurrent_requests == "8"
    error_message = "A replica is not meant to get 8 requests a second."
  }
  assert {
    condition = (length(azurerm_container_app.executor[0].template[0].http_scale_rule) == 1 && length(azurerm_container_app.executor[0].template[0].custom_scale_rule) == 0 &&
    length(azurerm_container_app.executor[0].template[0].tcp_scale_rule) == 0 && length(azurerm_container_app.executor[0].template[0].azure_queue_scale_rule) == 0)
    error_message = "There is not exactly one scale rule."
  }
  assert {
    condition     = azurerm_container_app.executor[0].template[0].min_replicas == 1 && azurerm_container_app.executor[0].template[0].max_replicas == 10
    error_message = "There are not 1 to 10 replicas."
  }
  assert {
    condition     = azurerm_container_app.executor[0].template[0].container[0].cpu == 1 && azurerm_container_app.executor[0].template[0].container[0].memory == "2Gi"
    error_message = "A replica does not have 1 vCPU and 2 GiB."
  }
  assert {
    condition     = azurerm_container_app.executor[0].template[0].termination_grace_period_seconds == 30
    error_message = "The grace period is not said to be 30 s."
  }

  # The probes.
  assert {
    condition = alltrue([for probe in concat(
      azurerm_container_app.executor[0].template[0].container[0].startup_probe,
      azurerm_container_app.executor[0].template[0].container[0].liveness_probe,
      azurerm_container_app.executor[0].template[0].container[0].readiness_probe,
    ) : probe.transport == "HTTP" && probe.port == 8000])
    error_message = "A probe does not ask port 8000 by HTTP, in capital letters."
  }
  assert {
    condition = (azurerm_container_app.executor[0].template[0].container[0].startup_probe[0].path == "/livez" &&
      azurerm_container_app.executor[0].template[0].container[0].liveness_probe[0].path == "/livez" &&
    azurerm_container_app.executor[0].template[0].container[0].readiness_probe[0].path == "/readyz")
    error_message = "A probe asks for another path than it should."
  }
  assert {
    condition     = azurerm_container_app.executor[0].template[0].container[0].readiness_probe[0].success_count_threshold == 1
    error_message = "One answer is not enough to be ready."
  }
  # How often, how long to wait, how many failures.
  assert {
    condition = [for probe in concat(
      azurerm_container_app.executor[0].template[0].container[0].startup_probe,
      azurerm_container_app.executor[0].template[0].container[0].liveness_probe,
      azurerm_container_app.executor[0].template[0].container[0].readiness_probe,
    ) : [probe.interval_seconds, probe.timeout, probe.failure_count_threshold]] == [[1, 5, 60], [10, 5, 6], [2, 5, 3]]
    error_message = "A probe is more or less patient than it should be."
  }

  # The keys: one secret, to which the variable refers.
  assert {
    condition     = nonsensitive([for secret in azurerm_container_app.executor[0].secret : "${secret.name}=${secret.value}"]) == ["api-keys=a-key-of-the-first-client,key-of-the-second-client"]
    error_message = "The secret does not hold the keys, separated by commas."
  }
  assert {
    condition     = [for env in azurerm_container_app.executor[0].template[0].container[0].env : "${env.secret_name}/${coalesce(env.value, "-")}" if env.name == "EXECUTOR_API_KEYS"] == ["api-keys/-"]
    error_message = "EXECUTOR_API_KEYS does not come from the secret alone."
  }
  assert {
    condition     = !strcontains(jsonencode(azurerm_container_app.executor[0].template), "-client")
    error_message = "A key can be read in the template."
  }
  assert {
    condition     = [for env in azurerm_container_app.executor[0].template[0].container[0].env : env.value if env.name == "API_KEYS_DIGEST"] == [substr(sha256("a-key-of-the-first-client,key-of-the-second-client"), 0, 8)]
    error_message = "Other keys would not make a new revision."
  }

  # Nobody asked for jobs.
  assert {
    condition = (length(azurerm_postgresql_flexible_server.jobs) == 0 && length(azurerm_postgresql_flexible_server_database.jobs) == 0 &&
    length(azurerm_postgresql_flexible_server_firewall_rule.azure) == 0 && length(azurerm_container_app.worker) == 0)
    error_message = "There is a database or a worker though nobody asked for jobs."
  }
  assert {
    condition     = [for env in azurerm_container_app.executor[0].template[0].container[0].env : env.name] == ["EXECUTOR_API_KEYS", "API_KEYS_DIGEST"]
    error_message = "The container is told more than the keys though there are no settings and no jobs."
  }
  assert {
    condition     = output.worker == null
    error_message = "The outputs name a worker though there is none."
  }

  # What a person is told.
  assert {
    condition     = output.url == "https://${azurerm_container_app.executor[0].ingress[0].fqdn}"
    error_message = "The URL is not the app's: ${output.url}"
  }
  assert {
    condition     = output.next_command == "curl -d '{\"code\":\"print(2**100)\"}' -H 'Content-Type: application/json' -H 'X-API-Key: KEY' ${output.url}/execute"
    error_message = "The next command does not ask for an answer: ${output.next_command}"
  }
  assert {
    condition     = output.registry == azurerm_container_registry.executor.name && output.app == "executor"
    error_message = "The outputs do not name the registry and the app."
  }
  assert {
    condition     = strcontains(output.logs_command, "--workspace 11111111-1111-1111-1111-111111111111 ") && strcontains(output.logs_command, "ContainerAppName_s == 'executor'")
    error_message = "The logs are asked of another workspace or app: ${output.logs_command}"
  }
}

run "everything_set" {
  variables {
    name                = "code-runner"
    location            = "westeurope"
    resource_group_name = "given"
    registry_name       = "ours12345"
    cpu                 = 0.75
    memory_gib          = 1.5
    min_replicas        = 0
    max_replicas        = 300
    mean_run_seconds    = 1.5
    log_retention_days  = 90
    allowed_cidrs       = ["203.0.113.0/24", "198.51.100.7/32"]
    subnet_id           = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/executor"
    zone_redundant      = true
    tags                = { team = "teaching" }
    settings = {
      EXECUTOR_MAX_CONCURRENCY = "4"
      EXECUTOR_LOG_LEVEL       = "debug"
      EXECUTOR_MAX_TIMEOUT     = "1m30.5s"
      EXECUTOR_TESTS_TIMEOUT   = "1m39s400ms"
      EXECUTOR_COMPILE_TIMEOUT = "2m"
      EXECUTOR_QUEUE_TIMEOUT   = ""
      EXECUTOR_DRAIN_TIMEOUT   = "25000ms"
    }
  }

  assert {
    condition     = length(azurerm_resource_group.executor) == 0
    error_message = "A resource group is made though one is given."
  }
  assert {
    condition = distinct([
      azurerm_log_analytics_workspace.executor.resource_group_name, azurerm_container_registry.executor.resource_group_name,
      azurerm_user_assigned_identity.executor.resource_group_name, azurerm_container_app_environment.executor.resource_group_name,
      azurerm_container_app.executor[0].resource_group_name, output.resource_group,
    ]) == tolist(["given"])
    error_message = "Something is not in the resource group that is given."
  }
  assert {
    condition = distinct([
      azurerm_log_analytics_workspace.executor.location, azurerm_container_registry.executor.location,
      azurerm_user_assigned_identity.executor.location, azurerm_container_app_environment.executor.location,
    ]) == tolist(["westeurope"])
    error_message = "Something is not in the region that is given."
  }
  assert {
    condition = distinct([
      azurerm_log_analytics_workspace.executor.tags, azurerm_container_registry.executor.tags, azurerm_user_assigned_identity.executor.tags,
      azurerm_container_app_environment.executor.tags, azurerm_container_app.executor[0].tags,
    ]) == tolist([tomap({ team = "teaching" })])
    error_message = "Something does not have the tags."
  }
  assert {
    condition     = azurerm_container_registry.executor.name == "ours12345" && azurerm_container_app.executor[0].name == "code-runner" && azurerm_log_analytics_workspace.executor.name == "code-runner-logs" && output.app == "code-runner"
    error_message = "Something does not have the name that is given."
  }
  # 4 slots / 1.5 s = 2.67 requests a second.
  assert {
    condition     = azurerm_container_app.executor[0].template[0].http_scale_rule[0].concurrent_requests == "2"
    error_message = "A replica is not meant to get 2 requests a second."
  }
  assert {
    condition     = azurerm_container_app.executor[0].template[0].min_replicas == 0 && azurerm_container_app.executor[0].template[0].max_replicas == 300
    error_message = "There are not 0 to 300 replicas."
  }
  assert {
    condition     = azurerm_container_app.executor[0].template[0].container[0].cpu == 0.75 && azurerm_container_app.executor[0].template[0].container[0].memory == "1.5Gi"
    error_message = "A replica does not have 0.75 vCPU and 1.5 GiB."
  }
  assert {
    condition     = azurerm_log_analytics_workspace.executor.retention_in_days == 90
    error_message = "Logs are not kept for 90 days."
  }
  assert {
    condition     = [for rule in azurerm_container_app.executor[0].ingress[0].ip_security_restriction : "${rule.name} ${rule.action} ${rule.ip_address_range}"] == ["allowed-0 Allow 203.0.113.0/24", "allowed-1 Allow 198.51.100.7/32"]
    error_message = "Not exactly the given addresses are allowed."
  }
  assert {
    condition     = azurerm_container_app_environment.executor.infrastructure_subnet_id == var.subnet_id && azurerm_container_app_environment.executor.zone_redundancy_enabled && !azurerm_container_app_environment.executor.internal_load_balancer_enabled
    error_message = "The environment is not in the subnet, zone redundant and reachable."
  }
  # Every variable of the map, sorted by name, as it was given.
  assert {
    condition = [for env in slice(azurerm_container_app.executor[0].template[0].container[0].env, 0, 7) : "${env.name}=${env.value}"] == [
      "EXECUTOR_COMPILE_TIMEOUT=2m", "EXECUTOR_DRAIN_TIMEOUT=25000ms", "EXECUTOR_LOG_LEVEL=debug", "EXECUTOR_MAX_CONCURRENCY=4",
      "EXECUTOR_MAX_TIMEOUT=1m30.5s", "EXECUTOR_QUEUE_TIMEOUT=", "EXECUTOR_TESTS_TIMEOUT=1m39s400ms",
    ] && length(azurerm_container_app.executor[0].template[0].container[0].env) == 9
    error_message = "The settings do not reach the container sorted and complete."
  }
}

run "internal_and_open" {
  variables {
    external = false
    api_keys = []
  }

  assert {
    condition     = !azurerm_container_app.executor[0].ingress[0].external_enabled
    error_message = "The app can be reached from outside."
  }
  assert {
    condition     = nonsensitive([for secret in azurerm_container_app.executor[0].secret : "${secret.name}=${secret.value}"]) == ["api-keys=none"]
    error_message = "The secret does not say that there are no keys."
  }
}

run "internal_in_a_subnet" {
  variables {
    name      = "my-executor"
    external  = false
    tags      = { team = "teaching" }
    subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/executor"
  }

  assert {
    condition     = azurerm_container_app_environment.executor.internal_load_balancer_enabled && azurerm_container_app.executor[0].ingress[0].external_enabled
    error_message = "The app cannot be reached from the virtual network, or from outside of it."
  }
  # The registry is the only one whose name may have no hyphens.
  assert {
    condition     = azurerm_container_registry.executor.name == "myexecutor${substr(sha256("00000000-0000-0000-0000-000000000000/my-executor/my-executor"), 0, 8)}"
    error_message = "The registry's name is not made of a name with a hyphen: ${azurerm_container_registry.executor.name}"
  }
  assert {
    condition     = azurerm_resource_group.executor[0].tags == tomap({ team = "teaching" })
    error_message = "The resource group does not have the tags."
  }
}

run "open_on_purpose" {
  command = plan
  variables {
    allow_open = true
    api_keys   = []
  }
}

# However long runs are, a replica is meant to get something: 0 would be refused by the platform.
run "long_runs" {
  variables {
    mean_run_seconds = 200
  }

  assert {
    condition     = azurerm_container_app.executor[0].template[0].http_scale_rule[0].concurrent_requests == "1"
    error_message = "The scale rule falls below one request a second."
  }
}

run "jobs" {
  variables {
    jobs                   = true
    jobs_database_password = "p@ss:w/rd?#%+&=A1-._~"
  }

  # The database.
  assert {
    condition = (azurerm_postgresql_flexible_server.jobs[0].name == "executor-jobs-${substr(sha256("00000000-0000-0000-0000-000000000000/executor/executor"), 0, 8)}" &&
    azurerm_postgresql_flexible_server.jobs[0].resource_group_name == "executor" && azurerm_postgresql_flexible_server.jobs[0].location == "swedencentral")
    error_message = "The server's name is not made from the subscription, the group and the name, or it is elsewhere: ${azurerm_postgresql_flexible_server.jobs[0].name}"
  }
  assert {
    condition     = azurerm_postgresql_flexible_server.jobs[0].version == "16" && azurerm_postgresql_flexible_server.jobs[0].sku_name == "B_Standard_B2s" && azurerm_postgresql_flexible_server.jobs[0].storage_mb == 32768
    error_message = "The server is of another version, size or price."
  }
  assert {
    condition     = azurerm_postgresql_flexible_server.jobs[0].administrator_login == "jobs" && nonsensitive(azurerm_postgresql_flexible_server.jobs[0].administrator_password) == nonsensitive(var.jobs_database_password)
    error_message = "The server does not have the login and its password."
  }
  assert {
    condition     = azurerm_postgresql_flexible_server_database.jobs[0].name == "executor" && azurerm_postgresql_flexible_server_database.jobs[0].server_id == azurerm_postgresql_flexible_server.jobs[0].id
    error_message = "The database is not on the server."
  }
  # Azure, and nothing else.
  assert {
    condition = (azurerm_postgresql_flexible_server.jobs[0].public_network_access_enabled && azurerm_postgresql_flexible_server.jobs[0].delegated_subnet_id == null &&
      azurerm_postgresql_flexible_server_firewall_rule.azure[0].server_id == azurerm_postgresql_flexible_server.jobs[0].id &&
    azurerm_postgresql_flexible_server_firewall_rule.azure[0].start_ip_address == "0.0.0.0" && azurerm_postgresql_flexible_server_firewall_rule.azure[0].end_ip_address == "0.0.0.0")
    error_message = "The server cannot be reached from Azure alone."
  }

  # Two apps, whose names, roles and ways in differ.
  assert {
    condition     = [azurerm_container_app.executor[0].name, azurerm_container_app.worker[0].name] == ["executor", "executor-worker"] && output.worker == "executor-worker"
    error_message = "There are not two apps, or the outputs name another."
  }
  assert {
    condition = ([for env in azurerm_container_app.executor[0].template[0].container[0].env : "${env.name}=${coalesce(env.value, "-")}/${coalesce(env.secret_name, "-")}" if env.name != "API_KEYS_DIGEST"] ==
    ["EXECUTOR_API_KEYS=-/api-keys", "EXECUTOR_ROLE=api/-", "EXECUTOR_JOBS=-/jobs", "JOBS_DIGEST=${substr(sha256("postgres://jobs:p%40ss%3Aw%2Frd%3F%23%25%2B%26%3DA1-._~@mock.postgres.database.azure.com:5432/executor?sslmode=require"), 0, 8)}/-"])
    error_message = "The app that serves requests is not told its role, its database and what makes new replicas when the password changes."
  }
  assert {
    condition = ([for env in azurerm_container_app.worker[0].template[0].container[0].env : "${env.name}=${coalesce(env.value, "-")}/${coalesce(env.secret_name, "-")}"] ==
    ["EXECUTOR_JOB_CONCURRENCY=8/-", "EXECUTOR_ROLE=worker/-", "EXECUTOR_JOBS=-/jobs", "JOBS_DIGEST=${substr(sha256("postgres://jobs:p%40ss%3Aw%2Frd%3F%23%25%2B%26%3DA1-._~@mock.postgres.database.azure.com:5432/executor?sslmode=require"), 0, 8)}/-"])
    error_message = "The worker is not told its role, its database, to use all its places, and what makes new replicas when the password changes."
  }
  assert {
    condition     = length(azurerm_container_app.executor[0].ingress) == 1 && length(azurerm_container_app.worker[0].ingress) == 0
    error_message = "The worker can be reached, or the other app cannot."
  }

  # The secrets: one URL for the service and for KEDA, encrypted, and with the password escaped.
  assert {
    condition = ({ for secret in nonsensitive(azurerm_container_app.executor[0].secret) : secret.name => secret.value } ==
    { api-keys = "a-key-of-the-first-client,key-of-the-second-client", jobs = "postgres://jobs:p%40ss%3Aw%2Frd%3F%23%25%2B%26%3DA1-._~@mock.postgres.database.azure.com:5432/executor?sslmode=require" })
    error_message = "The app that serves requests does not have the keys and the database as secrets."
  }
  assert {
    condition = ({ for secret in nonsensitive(azurerm_container_app.worker[0].secret) : secret.name => secret.value } ==
    { jobs = "postgres://jobs:p%40ss%3Aw%2Frd%3F%23%25%2B%26%3DA1-._~@mock.postgres.database.azure.com:5432/executor?sslmode=require" })
    error_message = "The worker does not have the database, and nothing else, as a secret."
  }
  assert {
    condition     = !strcontains(jsonencode([azurerm_container_app.executor[0].template, azurerm_container_app.worker[0].template]), "p%40ss")
    error_message = "The password can be read in a template."
  }

  # The scale: the worker by jobs, the other app as before.
  assert {
    condition = (azurerm_container_app.worker[0].template[0].custom_scale_rule[0].custom_rule_type == "postgresql" &&
      azurerm_container_app.worker[0].template[0].custom_scale_rule[0].metadata == tomap({
        query            = "SELECT count(*) FROM exec_job WHERE status IN ('queued','started','retry') OR status='pending' AND due_at <= (extract(epoch from now())*1000)::bigint"
        targetQueryValue = "8"
    }))
    error_message = "The worker's rule does not count the jobs that are to be run and that run, eight for each replica."
  }
  assert {
    condition     = [for auth in azurerm_container_app.worker[0].template[0].custom_scale_rule[0].authentication : "${auth.trigger_parameter}=${auth.secret_name}"] == ["connection=jobs"]
    error_message = "The rule does not take its connection from the secret."
  }
  assert {
    condition     = coalesce(azurerm_container_app.worker[0].template[0].custom_scale_rule[0].identity_id, "none") == "none"
    error_message = "The rule has an identity, with which the platform loses its metadata."
  }
  assert {
    condition = (length(azurerm_container_app.worker[0].template[0].custom_scale_rule) == 1 && length(azurerm_container_app.worker[0].template[0].http_scale_rule) == 0 &&
    length(azurerm_container_app.executor[0].template[0].custom_scale_rule) == 0 && length(azurerm_container_app.executor[0].template[0].http_scale_rule) == 1)
    error_message = "An app does not have exactly one scale rule, of its own kind."
  }
  assert {
    condition     = azurerm_container_app.worker[0].template[0].min_replicas == 1 && azurerm_container_app.worker[0].template[0].max_replicas == 10
    error_message = "There are not 1 to 10 replicas for jobs."
  }

  # What both have in common.
  assert {
    condition = (azurerm_container_app.worker[0].template[0].container[0].startup_probe == azurerm_container_app.executor[0].template[0].container[0].startup_probe &&
      azurerm_container_app.worker[0].template[0].container[0].liveness_probe == azurerm_container_app.executor[0].template[0].container[0].liveness_probe &&
    azurerm_container_app.worker[0].template[0].container[0].readiness_probe == azurerm_container_app.executor[0].template[0].container[0].readiness_probe)
    error_message = "The worker has other probes than the app."
  }
  assert {
    condition = alltrue([for of in [
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : app.template[0].container[0].image],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : app.template[0].container[0].memory],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : tostring(app.template[0].container[0].cpu)],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : tostring(app.template[0].termination_grace_period_seconds)],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : app.container_app_environment_id],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : app.workload_profile_name],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : app.resource_group_name],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : app.revision_mode],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : app.registry[0].server],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : app.registry[0].identity],
      [for app in [azurerm_container_app.executor[0], azurerm_container_app.worker[0]] : join(",", app.identity[0].identity_ids)],
    ] : of[0] == of[1] && of[0] != ""])
    error_message = "The worker has another image, size, grace period, place, registry or identity than the app."
  }

  assert {
    condition     = strcontains(output.logs_command, "ContainerAppName_s in ('executor', 'executor-worker')")
    error_message = "The logs of the worker are not asked for: ${output.logs_command}"
  }
}

run "jobs_with_everything_set" {
  variables {
    name                      = "executor-for-all-students"
    jobs                      = true
    jobs_min_replicas         = 0
    jobs_max_replicas         = 3
    max_replicas              = 3
    jobs_database_password    = "Sixteen-letters0"
    jobs_database_sku         = "B_Standard_B1ms"
    jobs_database_gib         = 64
    subnet_id                 = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/executor"
    jobs_database_subnet_id   = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/jobs"
    jobs_database_dns_zone_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/privateDnsZones/executor.postgres.database.azure.com"
    tags                      = { team = "teaching" }
    settings = {
      EXECUTOR_MAX_CONCURRENCY = "10"
      EXECUTOR_JOB_CONCURRENCY = "9"
      EXECUTOR_JOB_MAX_TIMEOUT = "1h"
      EXECUTOR_JOB_RESULT_TTL  = "24h"
      EXECUTOR_JOB_LEASE       = "1m30s"
      EXECUTOR_JOBS_MAX_QUEUED = "500"
    }
  }

  # In the network, and nowhere else.
  assert {
    condition = (azurerm_postgresql_flexible_server.jobs[0].delegated_subnet_id == var.jobs_database_subnet_id && azurerm_postgresql_flexible_server.jobs[0].private_dns_zone_id == var.jobs_database_dns_zone_id &&
    !azurerm_postgresql_flexible_server.jobs[0].public_network_access_enabled && length(azurerm_postgresql_flexible_server_firewall_rule.azure) == 0)
    error_message = "The server is not in the subnet alone."
  }
  assert {
    condition     = azurerm_postgresql_flexible_server.jobs[0].sku_name == "B_Standard_B1ms" && azurerm_postgresql_flexible_server.jobs[0].storage_mb == 65536
    error_message = "The server is not of the size that is given."
  }
  assert {
    condition     = azurerm_postgresql_flexible_server.jobs[0].tags == tomap({ team = "teaching" }) && azurerm_container_app.worker[0].tags == tomap({ team = "teaching" })
    error_message = "The server or the worker does not have the tags."
  }
  assert {
    condition     = azurerm_container_app.worker[0].name == "executor-for-all-students-worker" && azurerm_container_app.worker[0].template[0].min_replicas == 0 && azurerm_container_app.worker[0].template[0].max_replicas == 3
    error_message = "The worker does not have the name or the replicas that are given."
  }
  # The settings reach both; of the places the worker has as many as are set, and not all.
  assert {
    condition = [for env in azurerm_container_app.worker[0].template[0].container[0].env : "${env.name}=${env.value}" if !contains(["EXECUTOR_JOBS", "JOBS_DIGEST"], env.name)] == [
      "EXECUTOR_JOBS_MAX_QUEUED=500", "EXECUTOR_JOB_CONCURRENCY=9", "EXECUTOR_JOB_LEASE=1m30s", "EXECUTOR_JOB_MAX_TIMEOUT=1h", "EXECUTOR_JOB_RESULT_TTL=24h", "EXECUTOR_MAX_CONCURRENCY=10", "EXECUTOR_ROLE=worker",
    ]
    error_message = "The settings do not reach the worker."
  }
  assert {
    condition     = tolist(slice([for env in azurerm_container_app.executor[0].template[0].container[0].env : env.name], 0, 6)) == keys(var.settings)
    error_message = "The settings do not reach the app that serves requests."
  }
  assert {
    condition     = azurerm_container_app.worker[0].template[0].custom_scale_rule[0].metadata.targetQueryValue == "9"
    error_message = "A replica is not meant to get nine jobs."
  }
}

# An empty setting has its default, as everywhere.
run "jobs_with_an_empty_setting" {
  variables {
    jobs                   = true
    jobs_database_password = "Sixteen-letters0"
    settings               = { EXECUTOR_JOB_CONCURRENCY = "", EXECUTOR_MAX_CONCURRENCY = "4" }
  }

  assert {
    condition = (azurerm_container_app.worker[0].template[0].custom_scale_rule[0].metadata.targetQueryValue == "4" &&
    [for env in azurerm_container_app.worker[0].template[0].container[0].env : env.value if env.name == "EXECUTOR_JOB_CONCURRENCY"] == ["4"])
    error_message = "A worker does not use all its places when none are said."
  }
}

# The database takes longest of all, and is made with the first apply.
run "jobs_before_there_is_an_image" {
  variables {
    image_tag              = "none"
    api_keys               = []
    jobs                   = true
    jobs_database_password = "Sixteen-letters0"
  }

  assert {
    condition     = length(azurerm_postgresql_flexible_server_database.jobs) == 1 && length(azurerm_container_app.executor) == 0 && length(azurerm_container_app.worker) == 0
    error_message = "There is no database, or an app without an image."
  }
}

# The password may stand in the file before jobs are switched on, or after.
run "a_password_and_no_jobs" {
  variables {
    jobs_database_password = "Sixteen-letters0"
  }

  assert {
    condition     = length(azurerm_postgresql_flexible_server.jobs) == 0 && length(azurerm_container_app.worker) == 0
    error_message = "A password alone makes a database or a worker."
  }
}
