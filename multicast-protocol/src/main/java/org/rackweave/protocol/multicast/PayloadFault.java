package org.rackweave.protocol.multicast;

/** What is wrong with the bytes of a payload, each with its sentence. */
public enum PayloadFault {
    TRUNCATED("it ends before what it announces"),
    TRAILING_BYTES("something follows the payload"),
    NOT_ALLOWED("a tag, a float, a simple value or a reserved head"),
    INDEFINITE("a length is not given at once"),
    NOT_SHORTEST("a number or a length is not in its shortest form"),
    TOO_LARGE("a number is 2^63 or more"),
    WRONG_TYPE("a value has another type than its key demands"),
    WRONG_LENGTH("a string or an id has another length than its key allows"),
    NOT_UTF8("a text is not UTF-8"),
    KEY_ORDER("the keys of a map do not ascend"),
    DUPLICATE_KEY("a map has a key twice"),
    TOO_DEEP("nested deeper than allowed"),
    TOO_MANY_ITEMS("more items than allowed"),
    MISSING_KEY("a key that the message needs is not there"),
    OUT_OF_RANGE("a value is outside what its field allows");

    private final String sentence;

    PayloadFault(String sentence) {
        this.sentence = sentence;
    }

    /** What is wrong, for a person. */
    public String sentence() {
        return sentence;
    }
}
