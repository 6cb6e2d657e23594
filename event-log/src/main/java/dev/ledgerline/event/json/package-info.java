/**
 * Events in the <b>native form</b>: the Agent Protocol's JSON, with {@code timestamp} and the types
 * that this protocol lacks. {@code schema/native-event.schema.json} on the class path describes it;
 * the collector's dialect {@code agent-protocol} reads it back.
 */
@NullMarked
package dev.ledgerline.event.json;

import org.jspecify.annotations.NullMarked;
