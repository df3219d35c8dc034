output "queue_urls" {
  description = "Granule queues by dataset."
  value       = { for id, pipeline in module.pipeline : id => pipeline.queue_url }
}

output "dashboard_urls" {
  description = "Dashboards by dataset."
  value       = { for id, pipeline in module.pipeline : id => pipeline.dashboard_url }
}

output "observer_queue_urls" {
  description = "Queues of the second reader by dataset."
  value       = { for id, queue in module.observer : id => queue.queue_url }
}
