package org.rackweave.crypto;

/** What the holder of a certificate is in the rack. */
public enum Role {
    /** A daemon. */
    NODE,
    /** The agent on the server that a daemon's card sits in. */
    HOST_AGENT,
    /** A person, or a person's tool, who may order. */
    OPERATOR,
    /** A person who may read everything, the audit trail included, and order nothing. */
    AUDITOR
}
