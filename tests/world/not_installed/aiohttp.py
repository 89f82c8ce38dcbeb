"""What tuspy, which tests alone use, brings along: a server has none."""

raise ImportError("lanchat is installed without it")
