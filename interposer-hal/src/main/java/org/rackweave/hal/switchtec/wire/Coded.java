package org.rackweave.hal.switchtec.wire;

/** A word that has a number on the wire. */
interface Coded {
    int code();
}
