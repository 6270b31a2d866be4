"""The contract has teeth: whatever breaks a law breaks a promise, and the promise says which law it was."""
