"""How the embedded PostgreSQL is set: fully durable, sparing with memory, silent about what citizens say."""

from __future__ import annotations

SERVER_SETTINGS = {
    # Clients: only through the socket. SUDA processes hold about 40 connections.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "scram_iterations": "1",  # the password is 256 random bits: stretching it would only cost time
    "password_encryption": "scram-sha-256",
    # Durable, as PostgreSQL is by default; written here so that nobody has to wonder.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # A small machine that also runs everything else.
    "shared_buffers": "96MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "io_method": "sync",  # the data fit in memory; saves three processes
    "jit": "off",
    "max_logical_replication_workers": "0",
    "random_page_cost": "1.1",
    # Fewer checkpoints and smaller images of pages: less is written for each commit. Recovery stays within seconds.
    "wal_compression": "pglz",
    "checkpoint_timeout": "15min",
    "max_wal_size": "512MB",
    "min_wal_size": "64MB",
    # Job and outbox rows come and go by the second.
    "autovacuum_naptime": "30s",
    "autovacuum_vacuum_scale_factor": "0.1",
    "idle_in_transaction_session_timeout": "5min",
    # Logs never carry what citizens say: no statements, no parameters, no values of keys.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
