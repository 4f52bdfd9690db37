"""Measurements of the budgets in docs/architecture.md. Figures are printed, never asserted."""
