"""The ports (protocols) and, by port, their adapters. Only backends touch the world."""
