locals {
  image  = "${azurerm_container_registry.executor.login_server}/executor:${var.image_tag == "none" ? "v1" : var.image_tag}"
  url    = one([for app in azurerm_container_app.executor : "https://${app.ingress[0].fqdn}"])
  logged = var.jobs ? "ContainerAppName_s in ('${var.name}', '${var.name}-worker')" : "ContainerAppName_s == '${var.name}'"
}

output "url" {
  description = "Where the service is; null while there is no app."
  value       = local.url
}

output "image" {
  description = "What the image has to be called that is pushed."
  value       = local.image
}

output "registry" {
  description = "Name of the registry, for `az acr`."
  value       = azurerm_container_registry.executor.name
}

output "resource_group" {
  description = "Where everything is."
  value       = local.resource_group
}

output "app" {
  description = "Name of the container app, for `az containerapp`."
  value       = var.name
}

output "worker" {
  description = "Name of the container app that runs jobs; null without jobs."
  value       = var.jobs ? "${var.name}-worker" : null
}

output "next_command" {
  description = "What to do now, in the root of the repository: build an image, or ask for a first answer."
  value = (var.image_tag == "none"
    ? "az acr build --registry ${azurerm_container_registry.executor.name} --image executor:v1 --build-arg RUNTIMES=standard ."
    : "curl -d '{\"code\":\"print(2**100)\"}' -H 'Content-Type: application/json' -H 'X-API-Key: KEY' ${coalesce(local.url, "URL")}/execute"
  )
}

output "logs_command" {
  description = "Prints the last 100 lines that the service logged within an hour, its workers among it."
  value       = "az monitor log-analytics query --workspace ${azurerm_log_analytics_workspace.executor.workspace_id} --output table --analytics-query \"ContainerAppConsoleLogs_CL | where ${local.logged} and TimeGenerated > ago(1h) | top 100 by TimeGenerated | project TimeGenerated, RevisionName_s, Log_s\""
}
