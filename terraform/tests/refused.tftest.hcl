# What is refused, before anything is made. Each of these breaks one rule only.

mock_provider "azurerm" {}

variables {
  image_tag = "v1"
  api_keys  = ["key-of-the-first-client"]
}

run "name_with_capitals" {
  command = plan
  variables {
    name = "Executor"
  }
  expect_failures = [var.name]
}

run "name_with_two_hyphens" {
  command = plan
  variables {
    name = "my--executor"
  }
  expect_failures = [var.name]
}

run "name_that_ends_with_a_hyphen" {
  command = plan
  variables {
    name = "executor-"
  }
  expect_failures = [var.name]
}

run "name_of_33_characters" {
  command = plan
  variables {
    name = "executor-for-everybody-in-faculty"
  }
  expect_failures = [var.name]
}

run "tag_with_a_slash" {
  command = plan
  variables {
    image_tag = "executor/v1"
  }
  expect_failures = [var.image_tag]
}

run "tag_that_moves" {
  command = plan
  variables {
    image_tag = "latest"
  }
  expect_failures = [var.image_tag]
}

run "location_by_its_long_name" {
  command = plan
  variables {
    location = "West Europe"
  }
  expect_failures = [var.location]
}

run "resource_group_by_its_id" {
  command = plan
  variables {
    resource_group_name = "/subscriptions/0/resourceGroups/given"
  }
  expect_failures = [var.resource_group_name]
}

run "registry_with_a_hyphen" {
  command = plan
  variables {
    registry_name = "my-registry"
  }
  expect_failures = [var.registry_name]
}

run "registry_of_4_characters" {
  command = plan
  variables {
    registry_name = "four"
  }
  expect_failures = [var.registry_name]
}

run "cpu_between_the_steps" {
  command = plan
  variables {
    cpu = 1.3
  }
  expect_failures = [var.cpu]
}

run "cpu_of_nothing" {
  command = plan
  variables {
    cpu = 0
  }
  expect_failures = [var.cpu]
}

run "cpu_of_more_than_there_is" {
  command = plan
  variables {
    cpu = 4.25
  }
  expect_failures = [var.cpu]
}

run "memory_that_does_not_fit_the_cpu" {
  command = plan
  variables {
    cpu        = 1
    memory_gib = 4
  }
  expect_failures = [var.memory_gib]
}

run "min_replicas_below_0" {
  command = plan
  variables {
    min_replicas = -1
  }
  expect_failures = [var.min_replicas]
}

run "min_replicas_of_a_half" {
  command = plan
  variables {
    min_replicas = 0.5
  }
  expect_failures = [var.min_replicas]
}

run "min_replicas_above_300" {
  command = plan
  variables {
    min_replicas = 301
  }
  expect_failures = [var.min_replicas]
}

run "max_replicas_of_0" {
  command = plan
  variables {
    min_replicas = 0
    max_replicas = 0
  }
  expect_failures = [var.max_replicas]
}

run "max_replicas_above_300" {
  command = plan
  variables {
    max_replicas = 301
  }
  expect_failures = [var.max_replicas]
}

run "max_replicas_of_a_half" {
  command = plan
  variables {
    max_replicas = 1.5
  }
  expect_failures = [var.max_replicas]
}

run "max_below_min_replicas" {
  command = plan
  variables {
    min_replicas = 5
    max_replicas = 4
  }
  expect_failures = [var.max_replicas]
}

run "mean_run_of_nothing" {
  command = plan
  variables {
    mean_run_seconds = 0
  }
  expect_failures = [var.mean_run_seconds]
}

run "mean_run_beyond_the_ingress" {
  command = plan
  variables {
    mean_run_seconds = 230
  }
  expect_failures = [var.mean_run_seconds]
}

run "setting_of_the_port" {
  command = plan
  variables {
    settings = { PORT = "9000" }
  }
  expect_failures = [var.settings]
}

run "setting_in_small_letters" {
  command = plan
  variables {
    settings = { executor_log_level = "debug" }
  }
  expect_failures = [var.settings]
}

run "setting_of_null" {
  command = plan
  variables {
    settings = { EXECUTOR_LOG_LEVEL = null }
  }
  expect_failures = [var.settings]
}

run "setting_with_the_keys" {
  command = plan
  variables {
    settings = { EXECUTOR_API_KEYS = "key-of-the-first-client" }
  }
  expect_failures = [var.settings]
}

run "timeout_without_a_unit" {
  command = plan
  variables {
    settings = { EXECUTOR_MAX_TIMEOUT = "60" }
  }
  expect_failures = [var.settings]
}

run "timeout_in_words" {
  command = plan
  variables {
    settings = { EXECUTOR_BODY_TIMEOUT = "1 minute" }
  }
  expect_failures = [var.settings]
}

run "concurrency_of_nothing" {
  command = plan
  variables {
    settings = { EXECUTOR_MAX_CONCURRENCY = "0" }
  }
  expect_failures = [var.settings]
}

run "concurrency_in_words" {
  command = plan
  variables {
    settings = { EXECUTOR_MAX_CONCURRENCY = "eight" }
  }
  expect_failures = [var.settings]
}

run "key_that_is_short" {
  command = plan
  variables {
    api_keys = ["fifteen-letters"]
  }
  expect_failures = [var.api_keys]
}

run "key_with_a_comma" {
  command = plan
  variables {
    api_keys = ["key-of-the-first,client"]
  }
  expect_failures = [var.api_keys]
}

run "key_with_a_blank" {
  command = plan
  variables {
    api_keys = ["key-of-the first-client"]
  }
  expect_failures = [var.api_keys]
}

run "open_by_accident" {
  command = plan
  variables {
    api_keys = []
  }
  expect_failures = [var.api_keys]
}

run "address_without_a_range" {
  command = plan
  variables {
    allowed_cidrs = ["203.0.113.7"]
  }
  expect_failures = [var.allowed_cidrs]
}

run "address_of_ipv6" {
  command = plan
  variables {
    allowed_cidrs = ["2001:db8::/32"]
  }
  expect_failures = [var.allowed_cidrs]
}

run "subnet_by_its_name" {
  command = plan
  variables {
    subnet_id = "executor"
  }
  expect_failures = [var.subnet_id]
}

run "zones_without_a_subnet" {
  command = plan
  variables {
    zone_redundant = true
  }
  expect_failures = [var.zone_redundant]
}

run "logs_for_29_days" {
  command = plan
  variables {
    log_retention_days = 29
  }
  expect_failures = [var.log_retention_days]
}

run "logs_for_731_days" {
  command = plan
  variables {
    log_retention_days = 731
  }
  expect_failures = [var.log_retention_days]
}

run "logs_for_a_half_day" {
  command = plan
  variables {
    log_retention_days = 30.5
  }
  expect_failures = [var.log_retention_days]
}

run "run_beyond_the_ingress" {
  command = plan
  variables {
    # 10 + 30 + 190 = 230
    settings = { EXECUTOR_MAX_TIMEOUT = "190s" }
  }
  expect_failures = [azurerm_container_app.executor]
}

run "tests_beyond_the_ingress" {
  command = plan
  variables {
    # 10 + 30 + 190 = 230
    settings = { EXECUTOR_TESTS_TIMEOUT = "3m9.5s500ms" }
  }
  expect_failures = [azurerm_container_app.executor]
}

run "queue_beyond_the_ingress" {
  command = plan
  variables {
    # 50 + 30 + 150 = 230
    settings = { EXECUTOR_QUEUE_TIMEOUT = "50000ms" }
  }
  expect_failures = [azurerm_container_app.executor]
}

run "compile_beyond_the_ingress" {
  command = plan
  variables {
    # 10 + 3600 + 150
    settings = { EXECUTOR_COMPILE_TIMEOUT = "1h" }
  }
  expect_failures = [azurerm_container_app.executor]
}

run "drain_beyond_the_kill" {
  command = plan
  variables {
    settings = { EXECUTOR_DRAIN_TIMEOUT = "25.1s" }
  }
  expect_failures = [azurerm_container_app.executor]
}

run "notice_and_drain_beyond_the_kill" {
  command = plan
  variables {
    settings = { EXECUTOR_DRAIN_NOTICE = "7s", EXECUTOR_DRAIN_TIMEOUT = "20s" }
  }
  expect_failures = [azurerm_container_app.executor]
}

run "a_notice_that_is_no_duration" {
  command = plan
  variables {
    settings = { EXECUTOR_DRAIN_NOTICE = "2" }
  }
  expect_failures = [var.settings]
}

run "setting_with_the_database" {
  command = plan
  variables {
    settings = { EXECUTOR_JOBS = "postgres://jobs:secret@db.example:5432/executor" }
  }
  expect_failures = [var.settings]
}

run "setting_with_an_empty_database" {
  command = plan
  variables {
    settings = { EXECUTOR_JOBS = "" }
  }
  expect_failures = [var.settings]
}

run "setting_of_the_role_with_jobs" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Sixteen-letters0"
    settings               = { EXECUTOR_ROLE = "all" }
  }
  expect_failures = [var.settings]
}

run "result_ttl_in_words" {
  command = plan
  variables {
    settings = { EXECUTOR_JOB_RESULT_TTL = "1 hour" }
  }
  expect_failures = [var.settings]
}

run "lease_without_a_unit" {
  command = plan
  variables {
    settings = { EXECUTOR_JOB_LEASE = "30" }
  }
  expect_failures = [var.settings]
}

run "job_timeout_without_a_unit" {
  command = plan
  variables {
    settings = { EXECUTOR_JOB_MAX_TIMEOUT = "900" }
  }
  expect_failures = [var.settings]
}

run "job_concurrency_of_nothing" {
  command = plan
  variables {
    settings = { EXECUTOR_JOB_CONCURRENCY = "0" }
  }
  expect_failures = [var.settings]
}

run "job_concurrency_beyond_the_places" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Sixteen-letters0"
    settings               = { EXECUTOR_JOB_CONCURRENCY = "9" }
  }
  expect_failures = [azurerm_container_app.worker]
}

run "job_concurrency_beyond_the_places_that_are_set" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Sixteen-letters0"
    settings               = { EXECUTOR_JOB_CONCURRENCY = "10", EXECUTOR_MAX_CONCURRENCY = "9" }
  }
  expect_failures = [azurerm_container_app.worker]
}

run "name_that_leaves_no_room_for_the_worker" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Sixteen-letters0"
    name                   = "executor-for-the-faculties"
  }
  expect_failures = [var.name]
}

run "jobs_without_a_password" {
  command = plan
  variables {
    jobs = true
  }
  expect_failures = [var.jobs_database_password]
}

run "password_of_15_characters" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Fifteen-letter0"
  }
  expect_failures = [var.jobs_database_password]
}

run "password_of_129_characters" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Aa0------------------------------------------------------------------------------------------------------------------------------"
  }
  expect_failures = [var.jobs_database_password]
}

run "password_with_a_blank" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Sixteen letters0"
  }
  expect_failures = [var.jobs_database_password]
}

run "password_without_a_capital" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "sixteen-letters0"
  }
  expect_failures = [var.jobs_database_password]
}

run "password_without_a_small_letter" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "SIXTEEN-LETTERS0"
  }
  expect_failures = [var.jobs_database_password]
}

run "password_without_a_digit" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Sixteen-letters-"
  }
  expect_failures = [var.jobs_database_password]
}

run "password_with_a_part_of_the_login" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Sixteen-Jobless0"
  }
  expect_failures = [var.jobs_database_password]
}

run "password_with_another_part_of_the_login" {
  command = plan
  variables {
    jobs                   = true
    jobs_database_password = "Sixteen-snOBS-00"
  }
  expect_failures = [var.jobs_database_password]
}

run "password_that_is_short_and_no_jobs" {
  command = plan
  variables {
    jobs_database_password = "Short-0"
  }
  expect_failures = [var.jobs_database_password]
}

run "jobs_min_replicas_below_0" {
  command = plan
  variables {
    jobs_min_replicas = -1
  }
  expect_failures = [var.jobs_min_replicas]
}

run "jobs_min_replicas_of_a_half" {
  command = plan
  variables {
    jobs_min_replicas = 0.5
  }
  expect_failures = [var.jobs_min_replicas]
}

run "jobs_min_replicas_above_300" {
  command = plan
  variables {
    jobs_min_replicas = 301
  }
  expect_failures = [var.jobs_min_replicas]
}

run "jobs_max_replicas_of_0" {
  command = plan
  variables {
    jobs_min_replicas = 0
    jobs_max_replicas = 0
  }
  expect_failures = [var.jobs_max_replicas]
}

run "jobs_max_replicas_above_300" {
  command = plan
  variables {
    jobs_max_replicas = 301
  }
  expect_failures = [var.jobs_max_replicas]
}

run "jobs_max_replicas_of_a_half" {
  command = plan
  variables {
    jobs_max_replicas = 1.5
  }
  expect_failures = [var.jobs_max_replicas]
}

run "jobs_max_below_min_replicas" {
  command = plan
  variables {
    jobs_min_replicas = 5
    jobs_max_replicas = 4
  }
  expect_failures = [var.jobs_max_replicas]
}

run "database_of_no_size" {
  command = plan
  variables {
    jobs_database_sku = "Standard_B1ms"
  }
  expect_failures = [var.jobs_database_sku]
}

run "database_too_small_for_the_replicas" {
  command = plan
  variables {
    # 5 x (3 + 4 + 1) = 40
    jobs                   = true
    jobs_database_password = "Sixteen-letters0"
    jobs_database_sku      = "B_Standard_B1ms"
    max_replicas           = 3
    jobs_max_replicas      = 4
  }
  expect_failures = [var.jobs_database_sku]
}

run "database_too_small_for_many_replicas" {
  command = plan
  variables {
    # 5 x (41 + 41 + 1) = 415
    jobs                   = true
    jobs_database_password = "Sixteen-letters0"
    max_replicas           = 41
    jobs_max_replicas      = 41
  }
  expect_failures = [var.jobs_database_sku]
}

run "database_of_33_gib" {
  command = plan
  variables {
    jobs_database_gib = 33
  }
  expect_failures = [var.jobs_database_gib]
}

run "database_subnet_by_its_name" {
  command = plan
  variables {
    subnet_id                 = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/executor"
    jobs_database_subnet_id   = "jobs"
    jobs_database_dns_zone_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/privateDnsZones/executor.postgres.database.azure.com"
  }
  expect_failures = [var.jobs_database_subnet_id]
}

run "database_subnet_without_a_subnet_for_the_apps" {
  command = plan
  variables {
    jobs_database_subnet_id   = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/jobs"
    jobs_database_dns_zone_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/privateDnsZones/executor.postgres.database.azure.com"
  }
  expect_failures = [var.jobs_database_subnet_id]
}

run "database_subnet_of_the_apps" {
  command = plan
  variables {
    subnet_id                 = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/executor"
    jobs_database_subnet_id   = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/executor"
    jobs_database_dns_zone_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/privateDnsZones/executor.postgres.database.azure.com"
  }
  expect_failures = [var.jobs_database_subnet_id]
}

run "database_subnet_without_a_zone" {
  command = plan
  variables {
    subnet_id               = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/executor"
    jobs_database_subnet_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/jobs"
  }
  expect_failures = [var.jobs_database_subnet_id]
}

run "zone_without_a_database_subnet" {
  command = plan
  variables {
    subnet_id                 = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/executor"
    jobs_database_dns_zone_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/privateDnsZones/executor.postgres.database.azure.com"
  }
  expect_failures = [var.jobs_database_subnet_id]
}

run "zone_of_another_name" {
  command = plan
  variables {
    subnet_id                 = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/executor"
    jobs_database_subnet_id   = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/virtualNetworks/net/subnets/jobs"
    jobs_database_dns_zone_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/given/providers/Microsoft.Network/privateDnsZones/example.com"
  }
  expect_failures = [var.jobs_database_dns_zone_id]
}
