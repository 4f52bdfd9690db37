"""How long something may look wrong before it is a fault. Seconds, each with its reason.

A state that a component declares to be an error (CrashLoopBackOff, ImagePullBackOff, ProgressDeadlineExceeded)
needs no patience; what is merely not there yet does.
"""

SCHEDULING = 60.0
"""An unscheduled pod: surge pods of a rollout wait for old ones to leave, and binding itself is sub-second."""

AUTOSCALING = 600.0
"""An unscheduled pod for which the cluster autoscaler or Karpenter has announced a node: cloud machines take
minutes (cluster-autoscaler's --max-node-provision-time is 15 minutes)."""

STARTING = 120.0
"""A container that is being created: pulling a large image takes a minute or two."""

PULLING = 600.0
"""An image that is being pulled: those with models or toolchains in them have tens of gigabytes."""

MOUNTING = 30.0
"""A volume that does not mount: the first attempts race with attachment and with the object's creation."""

PROBING = 60.0
"""A probe that fails, on top of its own delay and threshold: most servers listen within a minute."""

INITIALIZING = 300.0
"""An init container that runs: migrations and downloads take minutes, a wait for a service seconds."""

SLOW_START = 180.0
"""A container that runs but is not ready, with nothing known about the reason."""

UNAVAILABLE = 120.0
"""Replicas missing, with nothing known about the reason: a rolling update replaces a pod in less."""

CONTROLLER = 15.0
"""A controller that has not reacted to an object: they react within a second or two, a busy one in ten."""

CLAIM = 60.0
"""A claim that is not bound: dynamic provisioning takes tens of seconds."""

BALANCER = 300.0
"""A load balancer without an address: clouds take two to four minutes."""

TERMINATING = 60.0
"""A pod beyond its grace period (deletionTimestamp is the end of it): clean-up of volumes and sandbox."""

NAMESPACE = 120.0
"""A namespace that is being deleted: emptying a large one takes a minute or so."""

NODE = 20.0
"""A node that is not ready: a kubelet restart makes one flap for a few seconds."""

FRESH_NODE = 180.0
"""A node that has just joined: its network plug-in and device drivers start as pods."""

RECENT = 3600.0
"""Events, restarts and kills older than this (the API server's default event TTL) are history."""

ROLLED = 900.0
"""Trouble that begins within this time of a rollout is laid at its door; later needs another reason."""

MISSED_RUNS = 3
"""Scheduled times without a run before a CronJob counts as missing them: one may fall into a restart."""

FAILED_RUNS = 2
"""Failed runs in a row before a CronJob counts as failing: a single one is often an outage elsewhere."""

RESTARTS = 3
"""Restarts of a container that runs now, the last of them recent, before it is worth a person's time."""

RECOVERED = 600.0
"""A container that has run for this long after restarts is over them: many restart until their database is there."""

STEADY = 60.0
"""A run of a container that is shorter than this, after several others, is one more crash to come."""

UNHEALTHY_COUNT = 3
"""Failed probes before an event counts, where the probe's own threshold is not known."""

PAUSED = 600.0
"""A paused rollout that has not gone through: a canary is watched for a few minutes."""
