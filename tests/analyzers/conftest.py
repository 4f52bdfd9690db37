"""Lets the tests of rules import the worlds, examples and plants beside this file."""
