"""PDFs: functions from what is stored to bytes, without a request and without the network."""
