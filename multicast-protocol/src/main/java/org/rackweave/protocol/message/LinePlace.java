package org.rackweave.protocol.message;

/**
 * Where a demand stands in a line. The order is an owner's: priority first, then who holds the smaller share, then who came first.
 *
 * @param place from 1, the next to be served
 * @param of how many stand in the line; at least {@code place}
 * @param coming how much is kept for it or being taken back for it, in the unit of what is asked for
 */
public record LinePlace(int place, int of, long coming) {
    public LinePlace {
        if (place < 1 || of < place || coming < 0) {
            throw new IllegalArgumentException("no such place in a line: " + place + " of " + of);
        }
    }
}
