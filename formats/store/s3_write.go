package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/glauxdb/glaux/catalog/fault"
)

// partSize gives the length of upload part i: 10000 parts must do for 5 TB
// (S3 user guide, "Multipart upload limits").
func partSize(i int) int { return maxPiece * (1 + i/64) }

// Put uploads what r gives: in one request if it is short, else in parts.
// Nothing becomes visible before the end, and nothing at all on an error.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, o PutOptions) (Info, error) {
	buf := Buffer(partSize(0))
	defer Recycle(buf)
	n, err := io.ReadFull(ctxReader{ctx, r}, buf)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		err = s.putOne(ctx, key, buf[:n], o)
	case err == nil:
		err = s.putParts(ctx, key, buf, r, o)
	}
	if err != nil {
		return Info{}, s.putError(key, o, err)
	}
	return s.Stat(ctx, key)
}

// putError tells the failed condition of a write from that of a read.
func (s *S3) putError(key string, o PutOptions, err error) error {
	if o.IfNoneMatch && fault.Is(err, fault.CodeObjectNotReady) {
		return errExists(err, s.URL(key))
	}
	return err
}

func (o PutOptions) condition() *string {
	if o.IfNoneMatch {
		return aws.String("*")
	}
	return nil
}

// given is a header's value, none if it is empty.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (s *S3) putOne(ctx context.Context, key string, data []byte, o PutOptions) error {
	return s.call(ctx, key, func(c *s3.Client) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &s.bucket, Key: &key, Body: bytes.NewReader(data),
			ContentType: given(o.ContentType), IfNoneMatch: o.condition(),
			ServerSideEncryption: s3types.ServerSideEncryption(o.Encryption.Algorithm), SSEKMSKeyId: given(o.Encryption.KMSKey)})
		return err
	})
}

func (s *S3) putParts(ctx context.Context, key string, first []byte, r io.Reader, o PutOptions) error {
	var id *string
	err := s.call(ctx, key, func(c *s3.Client) error {
		out, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &s.bucket, Key: &key,
			ContentType:          given(o.ContentType),
			ServerSideEncryption: s3types.ServerSideEncryption(o.Encryption.Algorithm), SSEKMSKeyId: given(o.Encryption.KMSKey)})
		if err == nil {
			id = out.UploadId
		}
		return err
	})
	if err != nil {
		return err
	}
	parts, err := s.uploadParts(ctx, key, id, first, r)
	if err == nil {
		err = s.call(ctx, key, func(c *s3.Client) error {
			_, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &s.bucket, Key: &key,
				UploadId: id, IfNoneMatch: o.condition(), MultipartUpload: &s3types.CompletedMultipartUpload{Parts: parts}})
			return err
		})
	}
	if err != nil {
		s.abort(ctx, key, id)
	}
	return err
}

func (s *S3) uploadParts(ctx context.Context, key string, id *string, first []byte, r io.Reader) ([]s3types.CompletedPart, error) {
	var parts []s3types.CompletedPart
	buf := first
	for {
		num := int32(len(parts) + 1)
		var tag *string
		err := s.call(ctx, key, func(c *s3.Client) error {
			out, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &s.bucket, Key: &key, UploadId: id,
				PartNumber: &num, Body: bytes.NewReader(buf)})
			if err == nil {
				tag = out.ETag
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		parts = append(parts, s3types.CompletedPart{ETag: tag, PartNumber: &num})
		buf = room(first, partSize(int(num)))
		n, err := io.ReadFull(ctxReader{ctx, r}, buf)
		if n == 0 && errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		buf = buf[:n]
	}
}

func room(b []byte, n int) []byte {
	if cap(b) >= n {
		return b[:n]
	}
	return make([]byte, n)
}

// abort gives the parts of a failed upload back; what it cannot remove the
// bucket's life cycle rules do.
func (s *S3) abort(ctx context.Context, key string, id *string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = s.call(ctx, key, func(c *s3.Client) error {
		_, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &s.bucket, Key: &key, UploadId: id})
		return err
	})
}
