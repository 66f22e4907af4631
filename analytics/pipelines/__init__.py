"""The order of steps: the only room that knows it.

`build` takes a CDM to a workspace, `studies` answers a question in it, `publishing` lets the
answer out, `demo` does all of it. Each step is remembered by the content of what went in, so a
second run does only what has changed, and a run that was killed goes on where it stopped.
"""
