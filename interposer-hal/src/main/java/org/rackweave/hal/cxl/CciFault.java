package org.rackweave.hal.cxl;

/** Why a message was refused. */
public enum CciFault {
    /** It ends before its last field. */
    TRUNCATED,
    /** Bytes follow its last field, or padding is not zero. */
    EXTRA_BYTES,
    /** A request where an answer was due, or the other way round, or neither in this dialect. */
    CATEGORY,
    /** An answer with a tag that was not asked with. */
    TAG,
    /** An opcode that is not known, or an answer to another one than was asked. */
    OPCODE,
    /** Another message type in MCTP or in a tunnel than was due. */
    MESSAGE_TYPE,
    /** A count that is beyond its limit, or beyond what was asked for. */
    COUNT,
    /** A field with a value that the specification does not give. */
    VALUE,
    /** The answer says what its request cannot have asked for. */
    CONTRADICTION
}
