package org.rackweave.protocol.message;

import java.util.List;

/** A command as it travels, before a transport has given it its own options. */
public final class Request {
    private final Route route;
    private final List<String> path;
    private final List<String> query;
    private final byte[] body;

    Request(Route route, String name, List<String> query, byte[] body) {
        this.route = route;
        this.path = route.segments(name);
        this.query = List.copyOf(query);
        this.body = body.clone();
    }

    public Route route() {
        return route;
    }

    /** The segments, without separators and not escaped. */
    public List<String> path() {
        return path;
    }

    /** The parameters, as {@code name=value}. */
    public List<String> query() {
        return query;
    }

    /** CBOR, or empty. */
    public byte[] body() {
        return body.clone();
    }

    /** For people: {@code POST /rw/v1/loans, 61 bytes}. */
    @Override
    public String toString() {
        String parameters = query.isEmpty() ? "" : "?" + String.join("&", query);
        String bytes = body.length == 0 ? "" : ", " + body.length + " bytes";
        return route.method() + " /" + String.join("/", path) + parameters + bytes;
    }
}
