"""From folders to a study file: the datasets in them, the tasks that they can carry, and a proposal that says why."""
