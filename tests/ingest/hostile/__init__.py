"""Files made to harm whoever reads them, each by a function of the folder it is written to."""
