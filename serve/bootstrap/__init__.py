"""From a fresh clone to two working environments: standard library only, run by any Python from 3.11 on."""
