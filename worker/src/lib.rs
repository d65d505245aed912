//! Claims probes and jobs, and puts the probes to the providers.
