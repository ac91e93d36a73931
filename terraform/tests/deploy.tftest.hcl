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
