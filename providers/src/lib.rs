//! One adapter per wire format of the LLM providers, and what their errors mean.
