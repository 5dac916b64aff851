"""Logs and metrics: what operators see of the system, without what citizens said or who they are."""
