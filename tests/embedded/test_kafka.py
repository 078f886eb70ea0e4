"""The embedded Kafka: a real broker with the settings that our topics count on."""

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition


def test_a_transaction_is_read_back(kafka_bootstrap, topic_suffix):
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    topic = f"read-back-{topic_suffix}"
    admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
    admin.close()
    producer = KafkaProducer(bootstrap_servers=kafka_bootstrap, transactional_id=topic)
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(topic, key=b"one", value=b"first")
    producer.commit_transaction()
    producer.close()
    reader = KafkaConsumer(
        bootstrap_servers=kafka_bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    reader.assign([TopicPartition(topic, 0)])

    record = next(reader)
    reader.close()

    assert (record.key, record.value) == (b"one", b"first")
