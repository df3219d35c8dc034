output "queue_urls" {
  description = "URLs of the granule queues, by dataset."
  value       = { for id, pipeline in module.pipeline : id => pipeline.queue_url }
}

output "dashboard_urls" {
  description = "URLs of the dashboards, by dataset."
  value       = { for id, pipeline in module.pipeline : id => pipeline.dashboard_url }
}

output "observer_queue_urls" {
  description = "URLs of the second queues, by dataset."
  value       = { for id, queue in module.observer : id => queue.queue_url }
}
